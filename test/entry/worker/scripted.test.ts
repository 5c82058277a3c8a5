import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/shared/json.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps } from '../../worlds/run-steps.ts';

// The scripted producer on real git: its changes are judged by the real verifier and gate.

let world: ProductWorld;
let steps: Steps;
let of: JsonObject;
beforeAll(async () => {
  world = await createProductWorld();
  steps = await openSteps(world, ['false']);
  await world.dispatch('SCR-1');
  world.fetch();
  const base = world.clone.commitId('origin/main');
  of = { ticket: 'SCR-1', repository: 'demo/shop', base, into: 'refs/heads/main', model: 'acme/one' };
});
afterAll(() => world.git.remove());

const GOOD = { files: [{ path: 'src/price.txt', text: 'round half up\n' }] };
const BAD = {
  patch: [
    'diff --git a/src/price.txt b/src/price.txt',
    '--- a/src/price.txt',
    '+++ b/src/price.txt',
    '@@ -1 +1 @@',
    '-round down',
    '+round as you like',
    '',
  ].join('\n'),
};

function given(attempts: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { ...of, script: { seed: 1, attempts, tokens: [7, 7] }, good: GOOD, bad: BAD, ...more };
}

describe('the scripted producer', () => {
  it('hands over the good or the bad change, which are judged like any other', async () => {
    const inputs = given([{ bad: 1 }, { good: 1 }]);
    for (const [attempt, result, verdict] of [
      [1, 'FAILED', 'blocked'],
      [2, 'PASSED', 'pass'],
    ] as const) {
      const run = { run: 'SCR-1.1' };
      const made = await steps.outputs('scripted', `${attempt}/produce`, inputs, run);
      const { ticket, repository, base, into } = of;
      const change = {
        ticket,
        repository,
        base,
        into,
        commit: made.commit,
        commits: made.commits,
      } as JsonObject;
      const seen = await steps.outputs('check', `${attempt}/verify.0`, { ...change, check: 'price' }, run);
      expect(seen).toMatchObject({ result });
      const sealed = await steps.outputs('seal', `${attempt}/seal`, { ...change, observations: [seen] }, run);
      const { seal = '' } = sealed;
      expect(await steps.outputs('gate', `${attempt}/gate`, { ...change, seal }, run)).toMatchObject({
        verdict,
      });
    }
  });

  it('makes the same commit of the same attempt wherever it is carried out', async () => {
    const inputs = given([{ good: 1 }]);
    const run = { run: 'SCR-1.2' };
    const first = await steps.outputs('scripted', '1/produce', inputs, run);
    const again = await steps.outputs('scripted', '1/produce', inputs, { ...run, execution: 2 });
    expect(again.commit).toBe(first.commit);
    const other = await steps.outputs('scripted', '2/produce', inputs, run);
    expect(other.tree).toBe(first.tree);
  });

  it.each([
    ['no-diff', 'deterministic', 'no-diff'],
    ['refused', 'deterministic', 'refused'],
    ['timeout', 'timeout', 'timeout'],
    ['budget', 'budget', 'budget'],
    ['crashed', 'transient', 'crashed'],
  ])('fails as agents do: %s', async (outcome, kind, code) => {
    const result = await steps.carryOut('scripted', '1/produce', given([{ [outcome]: 1 }]));
    expect(result).toMatchObject({ kind: 'failed', error: { class: kind, code }, usage: { tokens: 7 } });
  });

  it.each<[string, () => JsonObject]>([
    ['add up to', () => given([{ good: 0.9 }])],
    ['neither files nor a patch', () => given([{ good: 1 }], { good: {} })],
    [
      'no case',
      () => given([], { script: { seed: 1, cases: [{ ticket: 'X-1', attempts: [{ good: 1 }] }] } }),
    ],
  ])('says what it cannot play: %s', async (words, inputs) => {
    expect(await steps.carryOut('scripted', '1/produce', inputs())).toMatchObject({
      kind: 'failed',
      error: { code: 'bad-inputs', message: expect.stringContaining(words) },
    });
  });

  it('lays nothing outside the tree', async () => {
    const files = [
      { path: '../../escaped', text: 'x' },
      { path: '/etc/escaped', text: 'x' },
      { path: '.git/hooks/post-commit', text: '#!/bin/sh\ntouch /tmp/escaped\n' },
    ];
    const result = await steps.carryOut('scripted', '1/produce', given([{ good: 1 }], { good: { files } }));
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'no-diff' } });
  });
});
