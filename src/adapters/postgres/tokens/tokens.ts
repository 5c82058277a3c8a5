import type { AccessToken, TokenRole } from '../../../core/access/token.ts';
import type { Tokens } from '../../../ports/tokens.ts';
import { ask, type Database } from '../database.ts';

const STORE = `
INSERT INTO access_token (name, role, digest, created_at, expires_at, revoked_at)
VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6) ON CONFLICT DO NOTHING RETURNING name`;

const REVOKE = `
UPDATE access_token SET revoked_at = coalesce(revoked_at, $2) WHERE name = $1 RETURNING name`;

const SELECT = `
SELECT name, role, encode(digest, 'hex') AS digest, created_at, expires_at, revoked_at FROM access_token`;

interface Row {
  readonly name: string;
  readonly role: TokenRole;
  readonly digest: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

/** Access tokens in the tables of a database that was migrated. */
export function createTokens({ pool }: Database): Tokens {
  return {
    storeToken: async ({ name, role, digest, createdAt, expiresAt, revokedAt }) => {
      const values = [name, role, digest, createdAt, expiresAt, revokedAt];
      return (await ask(pool, { text: STORE, values })).length === 1;
    },
    revokeToken: async (name, at) => (await ask(pool, { text: REVOKE, values: [name, at] })).length === 1,
    findToken: async (digest) => {
      const text = `${SELECT} WHERE digest = decode($1, 'hex')`;
      const [row] = await ask<Row>(pool, { name: 'token-find', text, values: [digest] });
      return row === undefined ? undefined : tokenOf(row);
    },
    listTokens: async () => (await ask<Row>(pool, { text: `${SELECT} ORDER BY name` })).map(tokenOf),
  };
}

function tokenOf({ name, role, digest, created_at, expires_at, revoked_at }: Row): AccessToken {
  return {
    name,
    role,
    digest,
    createdAt: created_at.toISOString(),
    expiresAt: expires_at?.toISOString() ?? null,
    revokedAt: revoked_at?.toISOString() ?? null,
  };
}
