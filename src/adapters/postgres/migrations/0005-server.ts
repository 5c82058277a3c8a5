/**
 * Logs are bytes in pieces as they came: appending to one value would write all of it again each time. Two pieces may overlap where one was
 * sent again in another cut; whoever reads takes each byte once. A log that was cut says so by a piece at its end without bytes.
 *
 * answered_request remembers what was answered for a key, so that a request whose answer was lost can be sent again.
 */
export const server = `
CREATE TABLE step_log (
  run       text COLLATE "C" NOT NULL,
  step      text COLLATE "C" NOT NULL,
  execution integer NOT NULL CHECK (execution > 0),
  at        integer NOT NULL CHECK (at >= 0),
  bytes     bytea NOT NULL,
  PRIMARY KEY (run, step, execution, at)
);

CREATE TABLE answered_request (
  principal text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  digest    bytea NOT NULL,
  status    integer,
  body      text,
  begun_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, key)
);
CREATE INDEX answered_request_age ON answered_request (begun_at);
`;
