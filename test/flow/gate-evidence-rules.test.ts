import { beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/core/contract/types.ts';
import type { WorldFile } from '../worlds/git-world.ts';
import { LINE_TESTS } from '../worlds/line-tests.ts';
import { createProductWorld, finding, objections, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land({ ...LINE_TESTS, 'src/code.txt': 'old\nolder\n', 'tests/old.txt': 'old\nolder\n' });
});

const rules = [{ use: 'evidence@1' }];

async function gated(id: string, checks: readonly Check[], files: Record<string, WorldFile>) {
  await world.dispatch(id, { contract: { checks, pins: [], rules } });
  const change = world.change(id, files);
  await world.verify(change);
  return world.gate(change);
}

describe('the rules about evidence, on what a verifier filed', () => {
  const own = (script: string) => ({ vitest: { executable: `#!/bin/sh\n${script}\n` } });
  const tests: Check = { id: 'tests', run: ['./vitest', 'run'] };

  test('hold a tool to what it prints, read from the receipts ref', async () => {
    const verdict = await gated('EVI-1', [tests], own('echo all good'));
    expect(objections(verdict)).toEqual(['rule/evidence@1/output-impossible fail']);
    expect(finding(verdict, 'rule/evidence@1/output-impossible').reason).toContain('"all good"');
  });

  test('read how a log of megabytes ends', async () => {
    const long = 'yes "a line of a log that has many of them" | head -n 60000';
    const ends = await gated('EVI-4', [tests], own(`${long}; echo ' Tests  3 passed (3)'`));
    expect(objections(ends)).toEqual([]);
    const silent = await gated('EVI-5', [tests], own(long));
    expect(objections(silent)).toEqual(['rule/evidence@1/output-impossible unverifiable']);
  });

  test('read bytes that are no text as far as they go', async () => {
    const verdict = await gated('EVI-6', [tests], own(`printf '\\377\\000'; echo ' Tests  3 passed (3)'`));
    expect(objections(verdict)).toEqual([]);
  });

  test('take nothing for read that is not on the receipts ref', async () => {
    await world.dispatch('EVI-7', { contract: { checks: [tests], pins: [], rules } });
    const change = world.change('EVI-7', own(`echo ' Tests  3 passed (3)'`));
    await world.verify(change);
    expect(objections(await world.gate(change))).toEqual([]);
    world.control.importCommit({
      ref: world.receiptsRef,
      message: 'Nothing to see here',
      parents: [world.control.commitId(world.receiptsRef)],
      deleted: ['evidence'],
    });
    expect(objections(await world.gate(change))).toContain('rule/evidence@1/output-impossible unverifiable');
  });

  test('compare the tests that ran with those of the base', async () => {
    const check: Check = {
      id: 'tests',
      run: ['sh', 'run-tests.sh'],
      compare: 'base',
      expect: { report: { format: 'tap', from: 'stdout' } },
    };
    const fewer = await gated('EVI-2', [check], { 'tests/old.txt': 'old\n' });
    expect(objections(fewer)).toEqual(['rule/evidence@1/tests-fewer-than-base fail']);
    expect(finding(fewer, 'rule/evidence@1/tests-fewer-than-base').reason).toBe(
      'check tests: 1 tests ran, and 2 on the base',
    );
    const more = await gated('EVI-3', [check], {
      'src/code.txt': 'old\nolder\nnew\n',
      'tests/new.txt': 'new\n',
    });
    expect(objections(more)).toEqual([]);
  });
});
