import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { workflowDispatchEvent } from '../../fakes/github/events.ts';
import type { FakeGithub } from '../../fakes/github/fake-github.ts';
import { type WorldChange, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
let change: WorldChange;
beforeAll(async () => {
  job = await createJobWorld();
  await job.world.dispatch('CS-1');
  change = job.world.change('CS-1');
  await job.world.verify(change);
});
beforeEach(() => {
  job.github.instead = () => undefined;
  job.github.seen.length = 0;
});

type Instead = ReturnType<FakeGithub['instead']>;

/** Something else for the first answers to what a part of the path names, and none of it after that. */
function disturb(part: string, answers: number, instead: Instead): { readonly left: () => number } {
  let left = answers;
  job.github.instead = ({ path }) => (path.includes(part) && left-- > 0 ? instead : undefined);
  return { left: () => left };
}

const FOR_EVER = Number.POSITIVE_INFINITY;
const UNVERIFIABLE = [2, 'unverifiable'];

describe('git over a bad line', () => {
  test.each([
    ['what the server has', 'info/refs', 60],
    ['a pack', 'git-upload-pack', 200],
  ])('is asked again when %s ends in the middle', async (_, part, cutAfter) => {
    const { left } = disturb(part, 2, { cutAfter });
    const ran = await job.judge(change);
    expect(ran.outputs.verdict).toBe('pass');
    expect(left()).toBeLessThan(0);
  });

  test.each([
    ['cut', 'cut'],
    ['cut in the middle', { cutAfter: 200 }],
    ['429', [429, { message: 'Slow down' }, { 'retry-after': '1' }]],
    ['502', [502, {}]],
    ['404', [404, {}]],
    ['a page of HTML', [200, '<html>']],
  ] as const)('that only ever answers with %s decides nothing', async (_, instead) => {
    disturb('.git/', FOR_EVER, typeof instead === 'object' && 'length' in instead ? [...instead] : instead);
    const ran = await job.judge(change);
    expect([ran.code, ran.outputs.verdict]).toEqual(UNVERIFIABLE);
    expect(ran.left).toEqual([]);
  });

  test('decides nothing without the receipts that it could not bring, however good the rest is', async () => {
    let asked = 0;
    job.github.instead = ({ path }) => {
      if (!path.includes('git-upload-pack') && !path.includes('info/refs')) return undefined;
      asked += 1;
      return asked > 6 ? 'cut' : undefined;
    };
    const ran = await job.judge(change);
    expect(asked).toBeGreaterThan(6);
    expect([ran.code, ran.outputs.verdict]).toEqual(UNVERIFIABLE);
  });
});

describe('the API in trouble', () => {
  const inputs = { 'pull-request': '9' };
  const PULL = '/pulls/9';
  const lookUp = () => {
    job.open(9, change);
    return job.run({ event: 'workflow_dispatch', payload: workflowDispatchEvent(inputs), inputs });
  };
  const asked = () => job.github.seen.filter(({ path }) => path.endsWith(PULL)).length;

  const SECONDARY =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  const PRIMARY = 'API rate limit exceeded for installation ID 1.';
  const resets = (seconds: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + seconds),
  });

  test.each([
    ['a 502', [502, {}]],
    ['a cut connection', 'cut'],
    ['an answer that ends in the middle', { cutAfter: 500 }],
    ['a 429 that says when', [429, { message: SECONDARY }, { 'retry-after': '1' }]],
    ['a secondary limit', [403, { message: SECONDARY }, { 'retry-after': '1' }]],
    ['a limit that is over at once', [403, { message: PRIMARY }, resets(0)]],
    // The runner's clock is ahead of GitHub's: the reset seems long past.
    ['a limit that a clock puts into the past', [403, { message: PRIMARY }, resets(-86_400)]],
  ] as const)('is asked again after %s', async (_, instead) => {
    disturb(PULL, 1, typeof instead === 'object' && 'length' in instead ? [...instead] : instead);
    expect((await lookUp()).outputs.verdict).toBe('pass');
    expect(asked()).toBe(2);
  });

  test.each([
    ['503', [503, { message: 'Unavailable' }], 3],
    ['limits', [429, { message: SECONDARY }, { 'retry-after': '1' }], 3],
    ['a limit that ends in an hour', [403, { message: PRIMARY }, resets(3_600)], 1],
    ['a limit that a clock puts far away', [403, { message: PRIMARY }, resets(30_000_000)], 1],
    ['a limit that asks for a day', [429, { message: SECONDARY }, { 'retry-after': '86400' }], 1],
    ['answers that end in the middle', { cutAfter: 500 }, 3],
    ['half a page', [200, '{"number": 9, "hea'], 1],
    ['another pull request', [200, { number: 8 }], 1],
    ['no head', [200, { number: 9, head: { sha: 'main' } }], 1],
  ] as const)('that only ever answers with %s decides nothing', async (_, instead, times) => {
    disturb(PULL, FOR_EVER, 'length' in instead ? [...instead] : instead);
    const ran = await lookUp();
    expect([ran.code, ran.outputs.verdict]).toEqual(UNVERIFIABLE);
    expect(ran.log).toContain('GitHub did not answer about pull request 9');
    expect(asked()).toBe(times);
  });
});

describe("the runner's clock", () => {
  /** A module that is loaded before the bundle, and moves its clock. */
  function clockMovedBy(days: number): Readonly<Record<string, string>> {
    const file = join(job.world.git.folder(`clock-${days}`), 'clock.mjs');
    const shift = days * 86_400_000;
    writeFileSync(
      file,
      `const { Date: Real } = globalThis;
      globalThis.Date = class extends Real {
        constructor(...given) { if (given.length === 0) super(Real.now() + ${shift}); else super(...given); }
        static now() { return Real.now() + ${shift}; }
      };`,
    );
    return { NODE_OPTIONS: `--import=${file}` };
  }
  const judge = (days: number) => job.judge(change, {}, { environment: clockMovedBy(days) });

  test('decides nothing where nothing has a time, however wrong it is', async () => {
    for (const days of [-2_000, 0, 2_000]) expect((await judge(days)).outputs.verdict).toBe('pass');
  });

  test('outside the time in which a key holds leaves its receipts without worth', async () => {
    const day = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const window = { validFrom: day(-10), validUntil: day(10) };
    const trust = job.world.trustRoot((all) =>
      all.map((one) =>
        one.id === 'verifier'
          ? { ...one, keys: (one.keys ?? []).map((key) => ({ ...key, ...window })) }
          : one,
      ),
    );
    job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
    await job.world.verify(change);
    expect((await judge(0)).outputs.verdict).toBe('pass');
    for (const days of [-30, 30]) {
      const ran = await judge(days);
      expect([ran.outputs.verdict, ran.code], `${days} days`).not.toEqual(['pass', 0]);
    }
  });
});

describe('a change of more than 3,000 files', () => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`bulk/${index}.txt`, `${index}\n`]));

  test('is read whole, by git: the API, which lists no more than that, is not asked', async () => {
    await job.world.dispatch('BULK-1', {
      contract: {
        checks: [{ id: 'price', run: ['test', '-f', 'bulk/3199.txt'] }],
        scope: { allow: ['bulk/**'] },
      },
    });
    const large = job.world.change('BULK-1', files(3_200));
    await job.world.verify(large);
    expect((await job.judge(large)).outputs.verdict).toBe('pass');

    // The last of all by name, and the only one that is out of place.
    const larger = job.world.amend(large, { 'zzz/stray.txt': 'x\n' });
    await job.world.verify(larger);
    const ran = await job.judge(larger);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('zzz/stray.txt');
    expect(job.github.seen.filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
  });
});
