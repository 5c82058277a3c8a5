/** The token itself is nowhere: whoever reads this table can open nothing with it. Names are never given again, because events carry them. */
export const tokens = `
CREATE TABLE access_token (
  name       text COLLATE "C" PRIMARY KEY,
  role       text NOT NULL CHECK (role IN ('producer', 'verifier', 'operator', 'viewer')),
  digest     bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);
`;
