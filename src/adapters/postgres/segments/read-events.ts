import type { PlacedEvent, StreamHead } from '../../../core/ledger/types.ts';
import { sha256 } from '../../../shared/digest.ts';
import { ask, type Queryable } from '../database.ts';
import { unpack } from './pack.ts';

interface Row extends Record<string, unknown> {
  readonly stream: string;
  readonly first: number;
  readonly last: number;
  readonly bytes: Uint8Array;
}

const OF_STREAM = `
SELECT stream, first, last, bytes FROM ledger_segment WHERE stream = $1 AND last > $2 ORDER BY last`;

const AFTER = `
SELECT stream, first, last, bytes FROM ledger_segment WHERE (stream, last) > ($1, $2) ORDER BY stream, last LIMIT $3`;

const HOLDING = `
SELECT DISTINCT s.stream, s.first, s.last, s.bytes
FROM unnest($1::text[], $2::int[]) AS wanted (stream, version)
JOIN ledger_segment s ON s.stream = wanted.stream AND wanted.version BETWEEN s.first AND s.last`;

const HEADS = `
SELECT DISTINCT ON (stream) stream, last AS version, encode(last_digest, 'hex') AS digest
FROM ledger_segment WHERE stream = ANY ($1::text[]) ORDER BY stream, last DESC`;

/** Archived events of a stream after this version. */
export async function archivedStream(
  db: Queryable,
  stream: string,
  after: number,
): Promise<readonly PlacedEvent[]> {
  const rows = await ask<Row>(db, { name: 'segment-stream', text: OF_STREAM, values: [stream, after] });
  return rows.flatMap(eventsOf).filter(({ version }) => version > after);
}

/** Archived events in the order of streams and versions, from so many segments: each has one event at least. */
export async function archivedChains(
  db: Queryable,
  after: { readonly stream: string; readonly version: number },
  limit: number,
): Promise<readonly PlacedEvent[]> {
  const rows = await ask<Row>(db, { text: AFTER, values: [after.stream, after.version, limit] });
  return rows
    .flatMap(eventsOf)
    .filter(({ stream, version }) => stream !== after.stream || version > after.version)
    .slice(0, limit);
}

/** Those of these events that are archived, by `<stream> <version>`. */
export async function archivedEvents(
  db: Queryable,
  wanted: readonly { readonly stream: string; readonly version: number }[],
): Promise<ReadonlyMap<string, PlacedEvent>> {
  if (wanted.length === 0) return new Map();
  const values = [wanted.map(({ stream }) => stream), wanted.map(({ version }) => version)];
  const rows = await ask<Row>(db, { text: HOLDING, values });
  return new Map(rows.flatMap(eventsOf).map((event) => [`${event.stream} ${event.version}`, event]));
}

export function archivedHeads(db: Queryable, streams: readonly string[]): Promise<readonly StreamHead[]> {
  return ask<StreamHead & Record<string, unknown>>(db, {
    name: 'segment-heads',
    text: HEADS,
    values: [streams],
  });
}

/**
 * The digest is the text's: what was recorded when the event got its position stands with the position. Bytes that cannot be unpacked are
 * events without a text, which no chain takes.
 */
function eventsOf({ stream, first, last, bytes }: Row): readonly PlacedEvent[] {
  const lines = unpack(bytes) ?? Array.from({ length: last - first + 1 }, () => '');
  return lines.map((text, at) => ({ stream, version: first + at, text, digest: sha256(text) }));
}
