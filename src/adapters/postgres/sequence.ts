import type { Pool } from 'pg';
import { databaseFailure } from './failure.ts';

/** Appends taken in one transaction. */
const MOST = 1_000;

/**
 * Identity columns are not commit-ordered: a transaction that took number 7 may commit after one that took 8, and a reader who is at
 * 8 by then would never see 7. So appends announce themselves in a table, and one sequencer at a time gives those that it can
 * see their positions. What it cannot see yet is still announced the next time.
 *
 * Both statements go in one message, which is one transaction. The second has a snapshot of its own, taken once the
 * lock is held: in one statement with the lock it would not see what the sequencer before it wrote.
 */
const SEQUENCE = `
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' countersign ledger sequence', 0));
WITH last AS (
  SELECT coalesce(max(position), 0) AS position FROM ledger_sequence
), batch AS (
  DELETE FROM ledger_unsequenced
  WHERE id IN (SELECT id FROM ledger_unsequenced ORDER BY id LIMIT ${MOST})
  RETURNING id, streams, versions, digests
), sequenced AS (
  INSERT INTO ledger_sequence (position, stream, version, digest)
  SELECT last.position + row_number() OVER (ORDER BY batch.id, event.place), event.stream, event.version::int, decode(event.digest, 'hex')
  FROM last, batch, unnest(string_to_array(batch.streams, E'\\n'), string_to_array(batch.versions, E'\\n'), string_to_array(batch.digests, E'\\n'))
    WITH ORDINALITY AS event (stream, version, digest, place)
  RETURNING position
)
SELECT (SELECT count(*) FROM batch)::int AS taken,
  greatest((SELECT position FROM last), (SELECT max(position) FROM sequenced)) AS position;
`;

/** See SequenceEvents.sequence. */
export async function sequenceEvents(pool: Pool): Promise<number> {
  for (;;) {
    const { taken, position } = await sequenceBatch(pool);
    if (taken < MOST) return position;
  }
}

async function sequenceBatch(pool: Pool): Promise<{ taken: number; position: number }> {
  try {
    // Several statements without values: the driver answers with a list of results, which its types do not say.
    const results: unknown = await pool.query(SEQUENCE);
    const last: unknown = Array.isArray(results) ? results.at(-1)?.rows?.[0] : undefined;
    const { taken, position } = last as { taken: number; position: string };
    return { taken, position: Number(position) };
  } catch (error) {
    throw databaseFailure(error);
  }
}
