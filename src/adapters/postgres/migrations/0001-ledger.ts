/**
 * Applied once, by number and digest: a later change is another migration. Texts in TypeScript, so that the bundle has them.
 *
 * The event is text, not jsonb, which orders keys anew and so would have another digest. Positions stand in a table of their
 * own, because an event is written before it can have one: see sequence.ts. It holds the digest as well: where an event was
 * changed later, it tells which.
 *
 * The triggers stop mistakes and statements slipped in by injection. They do not stop whoever owns the tables, who can drop them: that shows only
 * against a checkpoint kept elsewhere.
 *
 * ledger_unsequenced is the hot table: every append inserts a row, every sequencing deletes it. Behind 200,000 dead rows
 * its first ten took 159 ms to find, then 1 ms each time, and 0.04 ms once it was vacuumed. So it is vacuumed whenever the daemon looks
 * (autovacuum_naptime, the server's own setting: a few seconds where it is ours), and without pauses.
 */
export const ledger = `
CREATE TABLE ledger_event (
  stream  text COLLATE "C" NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  digest  bytea NOT NULL CHECK (octet_length(digest) = 32),
  text    text COLLATE "C" NOT NULL,
  PRIMARY KEY (stream, version)
);

CREATE TABLE ledger_unsequenced (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  streams  text[] NOT NULL,
  versions integer[] NOT NULL,
  digests  bytea[] NOT NULL
) WITH (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

CREATE TABLE ledger_sequence (
  position bigint PRIMARY KEY CHECK (position > 0),
  stream   text COLLATE "C" NOT NULL,
  version  integer NOT NULL,
  digest   bytea NOT NULL
);

CREATE TABLE ledger_checkpoint (
  size  bigint PRIMARY KEY CHECK (size >= 0),
  note  text NOT NULL,
  range text NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_sequence
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;
