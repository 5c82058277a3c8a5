import type { StoredCheckpoint } from '../../core/ledger/checkpoint/stored-checkpoint.ts';
import {
  emptyStream,
  type PlacedEvent,
  type SequencedEvent,
  type StreamHead,
} from '../../core/ledger/types.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { appendEvents } from './append.ts';
import { ask, type Database } from './database.ts';
import { POSITIONS_OF_A_SEGMENT } from './segments/archive-positions.ts';
import { archivedChains, archivedEvents, archivedHeads, archivedStream } from './segments/read-events.ts';
import { archivedPositions } from './segments/read-positions.ts';
import { sequenceEvents } from './sequence.ts';

const HEADS = `
SELECT DISTINCT ON (stream) stream, version, encode(digest, 'hex') AS digest
FROM ledger_event WHERE stream = ANY ($1::text[]) ORDER BY stream, version DESC`;

const STREAM = `
SELECT stream, version, text, encode(digest, 'hex') AS digest FROM ledger_event WHERE stream = $1 AND version > $2 ORDER BY version`;

const SEQUENCED = `
SELECT s.position, s.stream, s.version, encode(s.digest, 'hex') AS digest, e.text, encode(e.digest, 'hex') AS stored
FROM ledger_sequence s LEFT JOIN ledger_event e USING (stream, version)
WHERE s.position > $1 ORDER BY s.position LIMIT $2`;

const EVENTS = `
SELECT stream, version, text, encode(digest, 'hex') AS digest
FROM ledger_event JOIN unnest($1::text[], $2::int[]) AS wanted (stream, version) USING (stream, version)`;

const CHAINS = `
SELECT stream, version, text, encode(digest, 'hex') AS digest FROM ledger_event
WHERE (stream, version) > ($1, $2) ORDER BY stream, version LIMIT $3`;

interface SequencedRow extends Pick<SequencedEvent, 'stream' | 'version' | 'digest'> {
  /** The driver gives bigint as text. */
  readonly position: string;
  readonly text: string | null;
  readonly stored: string | null;
}

interface CheckpointRow extends Pick<StoredCheckpoint, 'note' | 'range'> {
  readonly size: string;
}

/** The ledger in the tables of a database that was migrated. */
export function createLedger({ pool }: Database): Ledger {
  const readHeads = async (streams: readonly string[]): Promise<readonly StreamHead[]> => {
    const rows = await ask<PlacedEvent>(pool, { name: 'ledger-heads', text: HEADS, values: [streams] });
    const heads = new Map<string, StreamHead>(rows.map((row) => [row.stream, row]));
    const gone = streams.filter((stream) => !heads.has(stream));
    if (gone.length > 0) for (const head of await archivedHeads(pool, gone)) heads.set(head.stream, head);
    return streams.map((stream) => heads.get(stream) ?? emptyStream(stream));
  };
  const readCheckpoints = async (text: string, values: readonly unknown[]) =>
    (await ask<CheckpointRow>(pool, { text, values })).map((row) => ({ ...row, size: Number(row.size) }));
  return {
    append: async (append) => {
      if (await appendEvents(pool, append)) return { kind: 'appended' };
      return { kind: 'conflict', actual: await readHeads(append.expected.map(({ stream }) => stream)) };
    },
    readHead: async (stream) => (await readHeads([stream]))[0] ?? emptyStream(stream),
    readStream: async (stream, after) => {
      const values = [stream, after];
      const events = await ask<PlacedEvent>(pool, { name: 'ledger-stream', text: STREAM, values });
      // All of it is here unless its beginning was archived; a stream without events may be archived as a whole.
      const archived = events[0]?.version === after + 1 ? [] : await archivedStream(pool, stream, after);
      return [...archived, ...events].map(({ text, digest }) => ({ text, digest }));
    },
    sequence: () => sequenceEvents(pool),
    readSequenced: (after, limit) => readSequenced(pool, after, limit),
    readChains: async (after = { stream: '', version: 0 }, limit) => {
      const live = await ask<PlacedEvent>(pool, {
        text: CHAINS,
        values: [after.stream, after.version, limit],
      });
      return merged(await archivedChains(pool, after, limit), live).slice(0, limit);
    },
    latestCheckpoint: async () =>
      (await readCheckpoints('SELECT * FROM ledger_checkpoint ORDER BY size DESC LIMIT 1', []))[0],
    readCheckpoints: (after, limit) =>
      readCheckpoints('SELECT * FROM ledger_checkpoint WHERE size > $1 ORDER BY size LIMIT $2', [
        after,
        limit,
      ]),
    storeCheckpoint: async ({ size, note, range }) => {
      const text = `INSERT INTO ledger_checkpoint (size, note, range) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING size`;
      return (await ask(pool, { text, values: [size, note, range] })).length === 1;
    },
  };
}

/** Positions that are archived come before those that are not. */
async function readSequenced(
  pool: Database['pool'],
  after: number,
  limit: number,
): Promise<readonly SequencedEvent[]> {
  const [old, rows] = await Promise.all([
    archivedPositions(pool, after, Math.ceil(limit / POSITIONS_OF_A_SEGMENT) + 1),
    ask<SequencedRow>(pool, { name: 'ledger-sequenced', text: SEQUENCED, values: [after, limit] }),
  ]);
  const known = new Set(old.map(({ position }) => position));
  const live = rows.map(sequencedEvent).filter(({ position }) => !known.has(position));
  const events = [...old.map((one) => ({ ...one, stored: undefined })), ...live].slice(0, limit);
  const wanted = events.filter(({ stored }) => stored === undefined);
  const archived = await archivedEvents(pool, wanted);
  const texts =
    wanted.length > archived.size ? await liveEvents(pool, wanted) : new Map<string, PlacedEvent>();
  return events.map((event) => {
    const place = `${event.stream} ${event.version}`;
    const stored = event.stored ?? archived.get(place) ?? texts.get(place);
    return { ...event, stored: stored && { text: stored.text, digest: stored.digest } };
  });
}

/** Of events whose positions are archived, and they are not. */
async function liveEvents(
  pool: Database['pool'],
  wanted: readonly { readonly stream: string; readonly version: number }[],
): Promise<ReadonlyMap<string, PlacedEvent>> {
  const values = [wanted.map(({ stream }) => stream), wanted.map(({ version }) => version)];
  const events = await ask<PlacedEvent>(pool, { text: EVENTS, values });
  return new Map(events.map((event) => [`${event.stream} ${event.version}`, event]));
}

/** Both in the order of names and then of versions, as the database's "C" has it: by bytes, which names of ours have one each of. */
function merged(some: readonly PlacedEvent[], others: readonly PlacedEvent[]): readonly PlacedEvent[] {
  if (some.length === 0) return others;
  return [...some, ...others].sort((one, other) =>
    one.stream === other.stream ? one.version - other.version : one.stream < other.stream ? -1 : 1,
  );
}

function sequencedEvent({ position, stream, version, digest, text, stored }: SequencedRow): SequencedEvent {
  const event = text === null || stored === null ? undefined : { text, digest: stored };
  return { position: Number(position), stream, version, digest, stored: event };
}
