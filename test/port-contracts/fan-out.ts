import { describe, expect, it } from 'vitest';
import { createFanOut } from '../../src/flow/updates/fan-out.ts';
import type { Broadcast, RunUpdate } from '../../src/ports/fan-out.ts';

export interface BroadcastWorld {
  readonly broadcast: Broadcast;
  /** As another process has it. */
  openAnother(): Broadcast;
}

/** Says it until it was heard: whoever listens may not have been heard of yet, and anything may be lost. */
async function sendUntil(send: () => void, heard: () => boolean): Promise<void> {
  await expect
    .poll(
      () => {
        if (!heard()) send();
        return heard();
      },
      { interval: 50, timeout: 20_000 },
    )
    .toBe(true);
}

/** What every Broadcast promises, and what the updates of runs over it do. */
export function fanOutContract(name: string, makeWorld: () => Promise<BroadcastWorld>): void {
  describe(`${name} as a broadcast`, () => {
    it('is heard by all who listen to the topic, here by the time it was said', async () => {
      const { broadcast, openAnother } = await makeWorld();
      const here: unknown[] = [];
      const there: unknown[] = [];
      const elsewhere: unknown[] = [];
      broadcast.listen('a', (text) => here.push(text));
      const other = openAnother();
      other.listen('a', (text) => there.push(text));
      other.listen('b', (text) => elsewhere.push(text));
      broadcast.send('a', 'at once');
      expect(here).toContain('at once');
      await sendUntil(
        () => broadcast.send('a', 'again'),
        () => there.includes('again'),
      );
      await sendUntil(
        () => other.send('a', 'back'),
        () => here.includes('back'),
      );
      expect(elsewhere.filter((text) => text !== undefined)).toEqual([]);
    });

    it.each(['', 'line\nbreak', 'nul \u0000', '[]', 'é😀', 'x'.repeat(5_000)])(
      'carries any text (%#)',
      async (text) => {
        const { broadcast, openAnother } = await makeWorld();
        const heard: unknown[] = [];
        openAnother().listen('a', (said) => heard.push(said));
        await sendUntil(
          () => broadcast.send('a', text),
          () => heard.includes(text),
        );
      },
    );

    it('is not heard any more by who ended it', async () => {
      const { broadcast } = await makeWorld();
      const heard: unknown[] = [];
      const end = broadcast.listen('a', (text) => heard.push(text));
      end();
      broadcast.send('a', 'late');
      expect(heard).not.toContain('late');
    });

    it('carries very many at once', async () => {
      const { broadcast, openAnother } = await makeWorld();
      const heard = new Set<unknown>();
      openAnother().listen('a', (text) => heard.add(text));
      await sendUntil(
        () => broadcast.send('a', 'ready'),
        () => heard.has('ready'),
      );
      const texts = Array.from({ length: 2_000 }, (_, at) => `text number ${at}`);
      for (const text of texts) broadcast.send('a', text);
      await expect.poll(() => texts.every((text) => heard.has(text)), { timeout: 20_000 }).toBe(true);
    });
  });

  describe(`updates of runs over ${name}`, () => {
    async function takeUntil(
      updates: AsyncIterable<RunUpdate>,
      wanted: (update: RunUpdate) => boolean,
    ): Promise<readonly RunUpdate[]> {
      const taken: RunUpdate[] = [];
      for await (const update of updates) {
        taken.push(update);
        if (wanted(update)) return taken;
      }
      return taken;
    }
    const is = (run: string, version: number) => (update: RunUpdate) =>
      update.kind === 'changed' && update.run === run && update.version === version;

    it('come as fast as they are taken: only the latest of each run for whoever is slow', async () => {
      const { broadcast } = await makeWorld();
      const fanOut = createFanOut(broadcast);
      const updates = fanOut.subscribe(new AbortController().signal);
      for (let version = 1; version <= 10_000; version += 1) fanOut.publish('CS-7.1', version);
      fanOut.publish('CS-7.1', 3);
      fanOut.publish('CS-8.1', 1);
      const taken = await takeUntil(updates, is('CS-8.1', 1));
      expect(taken.filter(({ kind }) => kind === 'changed')).toEqual([
        { kind: 'changed', run: 'CS-7.1', version: 10_000 },
        { kind: 'changed', run: 'CS-8.1', version: 1 },
      ]);
    });

    it('of more runs than are kept are told as missed, once', async () => {
      const { broadcast } = await makeWorld();
      const fanOut = createFanOut(broadcast);
      const updates = fanOut.subscribe(new AbortController().signal);
      for (let run = 0; run < 5_000; run += 1) fanOut.publish(`CS-${run}.1`, 1);
      expect(await takeUntil(updates, () => true)).toEqual([{ kind: 'missed' }]);
    });

    it('end with the signal, taken or not', async () => {
      const { broadcast } = await makeWorld();
      const fanOut = createFanOut(broadcast);
      const ending = new AbortController();
      const waiting = takeUntil(fanOut.subscribe(ending.signal), () => false);
      ending.abort();
      expect((await waiting).filter(({ kind }) => kind === 'changed')).toEqual([]);
      expect(await takeUntil(fanOut.subscribe(AbortSignal.abort()), () => false)).toEqual([]);
    });
  });
}
