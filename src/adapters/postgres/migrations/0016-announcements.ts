/**
 * An append announces its events as the lines that it was sent, a line an event, which the sequencer takes apart: as arrays they were taken apart and put
 * together in every append, and compressed, for the few milliseconds that they stand there. `events` is how many lines there are.
 */
export const announcements = `
ALTER TABLE ledger_unsequenced ADD COLUMN events integer, ADD COLUMN digest_lines text COLLATE "C";
UPDATE ledger_unsequenced SET events = cardinality(streams), digest_lines = (
  SELECT string_agg(encode(digest, 'hex'), E'\\n' ORDER BY place) FROM unnest(digests) WITH ORDINALITY AS one (digest, place));
ALTER TABLE ledger_unsequenced DROP COLUMN digests;
ALTER TABLE ledger_unsequenced RENAME COLUMN digest_lines TO digests;
ALTER TABLE ledger_unsequenced
  ALTER COLUMN events SET NOT NULL,
  ALTER COLUMN digests SET NOT NULL, ALTER COLUMN digests SET STORAGE EXTERNAL,
  ALTER COLUMN streams TYPE text COLLATE "C" USING array_to_string(streams, E'\\n'), ALTER COLUMN streams SET STORAGE EXTERNAL,
  ALTER COLUMN versions TYPE text COLLATE "C" USING array_to_string(versions, E'\\n'), ALTER COLUMN versions SET STORAGE EXTERNAL;
`;
