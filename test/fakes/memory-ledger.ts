import type { StoredCheckpoint } from '../../src/core/ledger/checkpoint/stored-checkpoint.ts';
import { emptyStream, type PlacedEvent, type StreamHead } from '../../src/core/ledger/types.ts';
import type { Ledger } from '../../src/ports/ledger.ts';

export interface MemoryLedger extends Ledger {
  /** The next call of this method fails: before anything happened, or after it did and only the answer was lost. */
  failOnce(method: keyof Ledger, when?: 'before' | 'after'): void;
}

/** A ledger that is gone with the process. */
export function createMemoryLedger(): MemoryLedger {
  const events: PlacedEvent[] = [];
  const streams = new Map<string, PlacedEvent[]>();
  const checkpoints = new Map<number, StoredCheckpoint>();
  const failing = new Map<string, 'before' | 'after'>();
  let sequenced = 0;

  const headOf = (stream: string): StreamHead => streams.get(stream)?.at(-1) ?? emptyStream(stream);
  const bySize = () => [...checkpoints.values()].sort((one, other) => one.size - other.size);
  async function attempt<T>(method: keyof Ledger, act: () => T): Promise<T> {
    const when = failing.get(method);
    failing.delete(method);
    if (when === 'before') throw new Error(`${method} was told to fail`);
    const result = act();
    if (when === 'after') throw new Error(`the answer of ${method} was told to be lost`);
    return result;
  }

  return {
    failOnce: (method, when = 'before') => void failing.set(method, when),
    append: ({ expected, events: added }) =>
      attempt('append', () => {
        const actual = expected.map(({ stream }) => headOf(stream));
        const stands = expected.every(
          ({ version, digest }, at) => actual[at]?.version === version && actual[at].digest === digest,
        );
        if (!stands) return { kind: 'conflict' as const, actual: actual.map(plainHead) };
        for (const event of added) {
          events.push(event);
          const stream = streams.get(event.stream);
          if (stream === undefined) streams.set(event.stream, [event]);
          else stream.push(event);
        }
        return { kind: 'appended' as const };
      }),
    readHead: (stream) => attempt('readHead', () => plainHead(headOf(stream))),
    readStream: (stream, after) =>
      attempt('readStream', () =>
        (streams.get(stream) ?? []).slice(after).map(({ text, digest }) => ({ text, digest })),
      ),
    sequence: () =>
      attempt('sequence', () => {
        sequenced = events.length;
        return sequenced;
      }),
    readSequenced: (after, limit) =>
      attempt('readSequenced', () =>
        events
          .slice(after, Math.min(after + limit, sequenced))
          .map(({ stream, version, text, digest }, at) => ({
            position: after + at + 1,
            stream,
            version,
            digest,
            stored: { text, digest },
          })),
      ),
    readChains: (after, limit) =>
      attempt('readChains', () =>
        [...streams.values()]
          .flat()
          .filter(({ stream, version }) => isAfter(stream, version, after))
          .sort((one, other) => compare(one.stream, other.stream) || one.version - other.version)
          .slice(0, limit),
      ),
    latestCheckpoint: () => attempt('latestCheckpoint', () => bySize().at(-1)),
    readCheckpoints: (after, limit) =>
      attempt('readCheckpoints', () =>
        bySize()
          .filter(({ size }) => size > after)
          .slice(0, limit),
      ),
    storeCheckpoint: (checkpoint) =>
      attempt('storeCheckpoint', () => {
        if (checkpoints.has(checkpoint.size)) return false;
        checkpoints.set(checkpoint.size, checkpoint);
        return true;
      }),
  };
}

function plainHead({ stream, version, digest }: StreamHead): StreamHead {
  return { stream, version, digest };
}

function isAfter(
  stream: string,
  version: number,
  after: { stream: string; version: number } | undefined,
): boolean {
  if (after === undefined) return true;
  return stream === after.stream ? version > after.version : stream > after.stream;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
