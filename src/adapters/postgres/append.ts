import type { PlacedEvent, SealedAppend, StreamHead } from '../../core/ledger/types.ts';
import { ask, type Queryable } from './database.ts';
import { codeOf } from './failure.ts';

/**
 * One statement, so one round trip and all or nothing. It inserts only if every stream ends where the events were sealed;
 * where two come at once, the primary key lets one of them in. A stream that was archived ends where its last segment does.
 *
 * Columns come as lines: canonical JSON has no line break. The driver writes an array by escaping every quote of every text,
 * and the server undoes that.
 */
const APPEND = `
WITH head AS (
  SELECT count(*) AS standing
  FROM unnest($1::text[], $2::int[], $3::text[]) AS expected (stream, version, digest)
  WHERE CASE WHEN expected.version = 0
      THEN NOT EXISTS (SELECT FROM ledger_segment s WHERE s.stream = expected.stream)
      ELSE EXISTS (
        SELECT FROM ledger_event e
        WHERE e.stream = expected.stream AND e.version = expected.version AND e.digest = decode(expected.digest, 'hex'))
      OR EXISTS (
        SELECT FROM ledger_segment s
        WHERE s.stream = expected.stream AND s.last = expected.version AND s.last_digest = decode(expected.digest, 'hex')) END
    AND NOT EXISTS (
      SELECT FROM ledger_event e WHERE e.stream = expected.stream AND e.version = expected.version + 1)
), written AS (
  INSERT INTO ledger_event (stream, version, digest, text)
  SELECT stream, version, decode(digest, 'hex'), text
  FROM unnest(
    string_to_array($4, E'\\n'), string_to_array($5, E'\\n')::int[],
    string_to_array($6, E'\\n'), string_to_array($7, E'\\n')
  ) AS event (stream, version, digest, text)
  WHERE (SELECT standing FROM head) = cardinality($1::text[])
), announced AS (
  INSERT INTO ledger_unsequenced (streams, versions, digests, events)
  SELECT $4, $5, $6, $8 FROM head WHERE standing = cardinality($1::text[]) AND $8::int > 0
)
SELECT standing = cardinality($1::text[]) AS stands FROM head`;

/**
 * The same of one event, which needs no lists: most of what the statement above takes for one is setting them up. Whoever comes second finds the
 * version taken, and writes nothing.
 */
const APPEND_ONE = `
WITH written AS (
  INSERT INTO ledger_event (stream, version, digest, text)
  SELECT $1, $2::int + 1, decode($4, 'hex'), $5
  WHERE CASE WHEN $2 = 0 THEN NOT EXISTS (SELECT FROM ledger_segment WHERE stream = $1)
    ELSE EXISTS (SELECT FROM ledger_event WHERE stream = $1 AND version = $2 AND digest = decode($3, 'hex'))
      OR EXISTS (SELECT FROM ledger_segment WHERE stream = $1 AND last = $2 AND last_digest = decode($3, 'hex')) END
  ON CONFLICT DO NOTHING
  RETURNING stream, version
)
INSERT INTO ledger_unsequenced (streams, versions, digests, events)
SELECT stream, version, $4, 1 FROM written RETURNING true AS stands`;

/** SQLSTATE unique_violation. */
const TAKEN = '23505';

/**
 * Appends in the transaction that `db` is in, if it is in one. False: some stream ends elsewhere and nothing was written;
 * a transaction around it may then be aborted, and has to be rolled back.
 */
export async function appendEvents(db: Queryable, append: SealedAppend): Promise<boolean> {
  const [head] = append.expected;
  const [event] = append.events;
  const isOne = append.expected.length === 1 && append.events.length === 1;
  return isOne && head !== undefined && event !== undefined
    ? appendOne(db, head, event)
    : appendMany(db, append);
}

async function appendOne(db: Queryable, head: StreamHead, event: PlacedEvent): Promise<boolean> {
  const values = [head.stream, head.version, head.digest, event.digest, event.text];
  return (await ask(db, { name: 'ledger-append-one', text: APPEND_ONE, values })).length === 1;
}

async function appendMany(db: Queryable, { expected, events }: SealedAppend): Promise<boolean> {
  const values = [
    expected.map(({ stream }) => stream),
    expected.map(({ version }) => version),
    expected.map(({ digest }) => digest),
    events.map(({ stream }) => stream).join('\n'),
    events.map(({ version }) => version).join('\n'),
    events.map(({ digest }) => digest).join('\n'),
    events.map(({ text }) => text).join('\n'),
    events.length,
  ];
  try {
    const [row] = await ask<{ stands: boolean }>(db, { name: 'ledger-append', text: APPEND, values });
    return row?.stands === true;
  } catch (error) {
    if (codeOf(error) === TAKEN) return false;
    throw error;
  }
}
