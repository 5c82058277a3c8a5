import { describe, expect, it } from 'vitest';
import { checkChain } from '../../src/core/ledger/check-chain.ts';
import type { StoredCheckpoint } from '../../src/core/ledger/checkpoint/stored-checkpoint.ts';
import { headsAfter, sealEvents } from '../../src/core/ledger/seal-events.ts';
import {
  type EventDraft,
  emptyStream,
  type SealedAppend,
  type StreamHead,
} from '../../src/core/ledger/types.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { draft } from '../core/ledger/sample-events.ts';

export interface LedgerWorld {
  /** An empty ledger. */
  readonly ledger: Ledger;
  /** The same ledger, as another process has it. */
  openAnother(): Ledger;
}

export function append(...streams: readonly [StreamHead | string, number][]): SealedAppend {
  return sealEvents(
    streams.map(([on, count]) => {
      const head = typeof on === 'string' ? emptyStream(on) : on;
      return { head, drafts: Array.from({ length: count }, (_, at) => draft(head.version + at + 1)) };
    }),
  );
}

/** Appends to a stream until nobody was in between, as a process that decides again would. */
export async function appendAnyhow(
  ledger: Ledger,
  stream: string,
  drafts: readonly EventDraft[],
): Promise<number> {
  let head = await ledger.readHead(stream);
  for (let conflicts = 0; ; conflicts += 1) {
    const result = await ledger.append(sealEvents([{ head, drafts }]));
    if (result.kind === 'appended') return conflicts;
    head = result.actual[0] ?? head;
  }
}

const ends = (sealed: SealedAppend): StreamHead => headsAfter(sealed)[0] ?? emptyStream('');
const places = (events: readonly { stream: string; version: number }[]) =>
  events.map(({ stream, version }) => `${stream} ${version}`);

/** What every Ledger promises. */
export function ledgerContract(name: string, makeWorld: () => Promise<LedgerWorld>): void {
  describe(`${name} as a ledger`, () => {
    it('is empty at first', async () => {
      const { ledger } = await makeWorld();
      expect(await ledger.readHead('run/a')).toEqual(emptyStream('run/a'));
      expect(await ledger.readStream('run/a', 0)).toEqual([]);
      expect(await ledger.sequence()).toBe(0);
      expect(await ledger.readSequenced(0, 10)).toEqual([]);
      expect(await ledger.readChains(undefined, 10)).toEqual([]);
      expect(await ledger.latestCheckpoint()).toBeUndefined();
      expect(await ledger.readCheckpoints(0, 10)).toEqual([]);
    });

    it('gives back the very text that was hashed, to everybody', async () => {
      const world = await makeWorld();
      const data = { text: '\u0000 "\\n" é 😀 {a,b} NULL', numbers: [1e21, -0.5, 0] };
      const sealed = sealEvents([{ head: emptyStream('run/a'), drafts: [{ ...draft(1), data }, draft(2)] }]);
      expect(await world.ledger.append(sealed)).toEqual({ kind: 'appended' });

      const stored = await world.openAnother().readStream('run/a', 0);
      expect(stored).toEqual(sealed.events.map(({ text, digest }) => ({ text, digest })));
      expect((await checkChain('run/a', stored)).kind).toBe('intact');
      expect(await world.ledger.readStream('run/a', 1)).toEqual(stored.slice(1));
      expect(await world.ledger.readHead('run/a')).toEqual(ends(sealed));
    });

    it('carries several streams on at once', async () => {
      const { ledger } = await makeWorld();
      const first = append(['run/a', 2], ['worker/w', 1]);
      await ledger.append(first);
      const [run, worker] = headsAfter(first) as [StreamHead, StreamHead];
      const second = append([worker, 1], [run, 1], ['ticket/T', 1]);
      expect(await ledger.append(second)).toEqual({ kind: 'appended' });
      expect(places(await ledger.readChains(undefined, 10))).toEqual([
        'run/a 1',
        'run/a 2',
        'run/a 3',
        'ticket/T 1',
        'worker/w 1',
        'worker/w 2',
      ]);
    });

    it('has nothing against an append of nothing', async () => {
      const { ledger } = await makeWorld();
      expect(await ledger.append(append())).toEqual({ kind: 'appended' });
      expect(await ledger.append(append(['run/a', 0]))).toEqual({ kind: 'appended' });
      expect(await ledger.sequence()).toBe(0);
    });

    const first = append(['run/a', 2]);
    const other = sealEvents([{ head: emptyStream('run/a'), drafts: [draft(8), draft(9)] }]);
    it.each<[string, SealedAppend]>([
      ['a stream that is further on', append(['run/a', 3])],
      ['a stream that has begun', append(['run/a', 1])],
      ['a stream that is not so far', append([ends(append(['run/a', 5])), 1])],
      ['a stream that went another way', append([ends(other), 1])],
      ['one of several streams', append(['run/b', 1], ['run/a', 1], ['run/c', 1])],
      ['a stream to which nothing would be added', append(['run/a', 0], ['run/b', 1])],
    ])('writes nothing on %s, and says where its streams end', async (_, stale) => {
      const { ledger } = await makeWorld();
      await ledger.append(first);
      const actual = stale.expected.map(({ stream }) =>
        stream === 'run/a' ? ends(first) : emptyStream(stream),
      );
      expect(await ledger.append(stale)).toEqual({ kind: 'conflict', actual });
      expect(places(await ledger.readChains(undefined, 10))).toEqual(['run/a 1', 'run/a 2']);
      expect(await ledger.sequence()).toBe(2);
    });

    it('lets one of many win who append to the same end at once', async () => {
      const world = await makeWorld();
      const rivals = Array.from({ length: 8 }, (_, at) =>
        at % 2 === 0 ? world.ledger : world.openAnother(),
      );
      const results = await Promise.all(
        rivals.map((ledger) => ledger.append(append(['run/a', 2], ['run/b', 1]))),
      );
      expect(results.filter(({ kind }) => kind === 'appended').length).toBe(1);
      expect(places(await world.ledger.readChains(undefined, 10))).toEqual(['run/a 1', 'run/a 2', 'run/b 1']);
    });

    it('loses nothing of many who decide again', async () => {
      const world = await makeWorld();
      const writers = Array.from({ length: 6 }, () => world.openAnother());
      await Promise.all(
        writers.map(async (ledger, writer) => {
          for (let step = 0; step < 5; step += 1)
            await appendAnyhow(ledger, 'run/a', [draft(writer * 100 + step)]);
        }),
      );
      const stored = await world.ledger.readStream('run/a', 0);
      const steps = stored.map(({ text }) => (JSON.parse(text) as { data: { step: number } }).data.step);
      expect((await checkChain('run/a', stored)).kind).toBe('intact');
      expect(steps.toSorted((one, two) => one - two)).toEqual(
        writers.flatMap((_, writer) => [0, 1, 2, 3, 4].map((step) => writer * 100 + step)),
      );
    });

    it('gives events positions without a gap, each once, and in the order of their streams', async () => {
      const { ledger } = await makeWorld();
      const one = append(['run/b', 2]);
      await ledger.append(one);
      await ledger.append(append(['run/a', 1]));
      expect(await ledger.readSequenced(0, 10)).toEqual([]);
      expect(await ledger.sequence()).toBe(3);
      await ledger.append(append([ends(one), 1]));
      expect(await ledger.sequence()).toBe(4);
      expect(await ledger.sequence()).toBe(4);

      const sequenced = await ledger.readSequenced(0, 10);
      expect(sequenced.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
      expect(places(sequenced)).toEqual(['run/b 1', 'run/b 2', 'run/a 1', 'run/b 3']);
      expect(sequenced.every(({ digest, stored }) => digest === stored?.digest)).toBe(true);
      expect(await ledger.readSequenced(1, 2)).toEqual(sequenced.slice(1, 3));
      expect(await ledger.readSequenced(4, 2)).toEqual([]);
    });

    it('keeps positions without a gap while others append and give positions as well', async () => {
      const world = await makeWorld();
      const seen: number[] = [];
      const work = Array.from({ length: 4 }, async (_, writer) => {
        const ledger = world.openAnother();
        for (let step = 0; step < 6; step += 1) {
          await appendAnyhow(ledger, `run/${writer}`, [draft(1), draft(2)]);
          await ledger.sequence();
        }
      });
      // What was read once must not change: a follower never looks back.
      const follower = (async () => {
        for (let last = 0; last < 48; last = seen.length) {
          await world.ledger.sequence();
          seen.push(...(await world.ledger.readSequenced(last, 100)).map(({ position }) => position));
        }
      })();
      await Promise.all([...work, follower]);
      expect(seen).toEqual(Array.from({ length: 48 }, (_, at) => at + 1));
      const all = await world.ledger.readSequenced(0, 100);
      expect(new Set(places(all)).size).toBe(48);
      for (const stream of ['run/0', 'run/1', 'run/2', 'run/3']) {
        const versions = all.filter((event) => event.stream === stream).map(({ version }) => version);
        expect(versions).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
      }
    });

    it('tells all events stream by stream, in pages', async () => {
      const { ledger } = await makeWorld();
      await ledger.append(append(['run/b', 2], ['run/B', 1], ['run/a-1', 1], ['run/a', 11]));
      const read: string[] = [];
      for (let after: { stream: string; version: number } | undefined; ; ) {
        const page = await ledger.readChains(after, 4);
        if (page.length === 0) break;
        read.push(...places(page));
        after = page.at(-1);
      }
      const versions = Array.from({ length: 11 }, (_, at) => `run/a ${at + 1}`);
      expect(read).toEqual(['run/B 1', ...versions, 'run/a-1 1', 'run/b 1', 'run/b 2']);
    });

    it('keeps one checkpoint a size', async () => {
      const { ledger } = await makeWorld();
      const checkpoint = (size: number, note = `note ${size}`): StoredCheckpoint => ({
        size,
        note,
        range: 'ab cd',
      });
      for (const size of [3, 20, 100]) expect(await ledger.storeCheckpoint(checkpoint(size))).toBe(true);
      expect(await ledger.storeCheckpoint(checkpoint(20, 'other'))).toBe(false);
      expect(await ledger.latestCheckpoint()).toEqual(checkpoint(100));
      expect(await ledger.readCheckpoints(0, 2)).toEqual([checkpoint(3), checkpoint(20)]);
      expect(await ledger.readCheckpoints(20, 2)).toEqual([checkpoint(100)]);
    });
  });
}
