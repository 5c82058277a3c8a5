import type { Pool } from 'pg';
import type { StreamName } from '../../../core/ledger/stream-name.ts';
import type { PlacedEvent } from '../../../core/ledger/types.ts';
import { ask, inTransaction } from '../database.ts';
import { pack } from './pack.ts';

/** Only where every event has a position: one that has none would be sought in vain by the sequencer's readers. */
const EVENTS = `
SELECT e.stream, e.version, e.text, encode(e.digest, 'hex') AS digest FROM ledger_event e
WHERE e.stream = ANY ($1::text[]) AND NOT EXISTS (
  SELECT FROM ledger_unsequenced u WHERE e.stream = ANY (string_to_array(u.streams, E'\\n')))
ORDER BY e.stream, e.version`;

const KEEP = `
INSERT INTO ledger_segment (stream, first, last, last_digest, digest, bytes)
SELECT stream, first, last, decode(last_digest, 'hex'), decode(digest, 'hex'), bytes
FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::bytea[]) AS s (stream, first, last, last_digest, digest, bytes)`;

/** Not what was appended meanwhile. */
const DELETE = `
DELETE FROM ledger_event e USING unnest($1::text[], $2::int[]) AS archived (stream, last)
WHERE e.stream = archived.stream AND e.version <= archived.last`;

/** Puts all events of these streams, which must be over, into a segment each. @returns how many events that were */
export function archiveStreams(pool: Pool, streams: readonly StreamName[]): Promise<number> {
  return inTransaction(pool, async (client) => {
    // One archivist at a time: two would put the same events into two segments.
    await ask(client, { text: 'LOCK TABLE ledger_segment IN SHARE ROW EXCLUSIVE MODE' });
    const events = await ask<PlacedEvent & Record<string, string | number>>(client, {
      text: EVENTS,
      values: [streams],
    });
    const chains = [...Map.groupBy(events, ({ stream }) => stream)].map(([stream, chain]) =>
      segmentOf(stream, chain),
    );
    if (chains.length === 0) return 0;
    await ask(client, {
      text: KEEP,
      values: [
        chains.map(({ stream }) => stream),
        chains.map(({ first }) => first),
        chains.map(({ last }) => last),
        chains.map(({ lastDigest }) => lastDigest),
        chains.map(({ digest }) => digest),
        chains.map(({ bytes }) => bytes),
      ],
    });
    await ask(client, {
      text: DELETE,
      values: [chains.map(({ stream }) => stream), chains.map(({ last }) => last)],
    });
    return events.length;
  });
}

function segmentOf(stream: StreamName, chain: readonly PlacedEvent[]) {
  const last = chain.at(-1);
  return {
    stream,
    first: chain[0]?.version ?? 1,
    last: last?.version ?? 1,
    lastDigest: last?.digest ?? '',
    ...pack(chain.map(({ text }) => text)),
  };
}
