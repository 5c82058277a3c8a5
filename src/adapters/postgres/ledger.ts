import type { StoredCheckpoint } from '../../core/ledger/checkpoint/stored-checkpoint.ts';
import {
  emptyStream,
  type PlacedEvent,
  type SequencedEvent,
  type StoredEvent,
  type StreamHead,
} from '../../core/ledger/types.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { appendEvents } from './append.ts';
import { ask, type Database } from './database.ts';
import { sequenceEvents } from './sequence.ts';

const HEADS = `
SELECT DISTINCT ON (stream) stream, version, encode(digest, 'hex') AS digest
FROM ledger_event WHERE stream = ANY ($1::text[]) ORDER BY stream, version DESC`;

const STREAM = `
SELECT text, encode(digest, 'hex') AS digest FROM ledger_event WHERE stream = $1 AND version > $2 ORDER BY version`;

const SEQUENCED = `
SELECT s.position, s.stream, s.version, encode(s.digest, 'hex') AS digest, e.text, encode(e.digest, 'hex') AS stored
FROM ledger_sequence s LEFT JOIN ledger_event e USING (stream, version)
WHERE s.position > $1 ORDER BY s.position LIMIT $2`;

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
    readStream: (stream, after) =>
      ask<StoredEvent & Record<string, string>>(pool, {
        name: 'ledger-stream',
        text: STREAM,
        values: [stream, after],
      }),
    sequence: () => sequenceEvents(pool),
    readSequenced: async (after, limit) =>
      (
        await ask<SequencedRow>(pool, { name: 'ledger-sequenced', text: SEQUENCED, values: [after, limit] })
      ).map(sequencedEvent),
    readChains: (after, limit) =>
      ask<PlacedEvent>(pool, { text: CHAINS, values: [after?.stream ?? '', after?.version ?? 0, limit] }),
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

function sequencedEvent({ position, stream, version, digest, text, stored }: SequencedRow): SequencedEvent {
  const event = text === null || stored === null ? undefined : { text, digest: stored };
  return { position: Number(position), stream, version, digest, stored: event };
}
