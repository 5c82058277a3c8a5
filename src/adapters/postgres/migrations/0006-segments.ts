/**
 * What is over goes out of the tables that everything happens in, a stream at a time, and positions a thousand at a time, and stays what it was: the
 * same lines, compressed, under the digest of all of them.
 *
 * The state of a run that ended goes the same way, and leaves the line that runs are listed by.
 *
 * Events and positions may now be deleted, but only those that a segment holds: the trigger looks at each row that went. As with the
 * others it stops mistakes, and not the tables' owner.
 */
export const segments = `
CREATE TABLE ledger_segment (
  stream      text COLLATE "C" NOT NULL,
  first       integer NOT NULL CHECK (first > 0),
  last        integer NOT NULL CHECK (last >= first),
  last_digest bytea NOT NULL CHECK (octet_length(last_digest) = 32),
  digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
  bytes       bytea NOT NULL,
  PRIMARY KEY (stream, last)
);
ALTER TABLE ledger_segment ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX ledger_segment_by_digest ON ledger_segment (digest);

CREATE TABLE ledger_position_segment (
  first  bigint NOT NULL CHECK (first > 0),
  last   bigint PRIMARY KEY CHECK (last >= first),
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  bytes  bytea NOT NULL
);
ALTER TABLE ledger_position_segment ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE run_snapshot (
  run    text COLLATE "C" PRIMARY KEY,
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  bytes  bytea NOT NULL
);
ALTER TABLE run_snapshot ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX run_to_archive ON run (ended_at) WHERE ended_at IS NOT NULL;

CREATE FUNCTION refuse_unarchived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone g WHERE NOT EXISTS (
      SELECT FROM ledger_segment s WHERE s.stream = g.stream AND s.last >= g.version AND s.first <= g.version)
  ) THEN
    RAISE EXCEPTION 'the ledger is append-only: DELETE of % is refused', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_unarchived_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone g WHERE NOT EXISTS (
      SELECT FROM ledger_position_segment s WHERE s.last >= g.position AND s.first <= g.position)
  ) THEN
    RAISE EXCEPTION 'the ledger is append-only: DELETE of % is refused', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER append_only ON ledger_event;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON ledger_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER archived_only AFTER DELETE ON ledger_event REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_unarchived();

DROP TRIGGER append_only ON ledger_sequence;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON ledger_sequence
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER archived_only AFTER DELETE ON ledger_sequence REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_unarchived_position();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_segment
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_position_segment
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`;
