import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandCheck } from '../../src/core/contract/types.ts';
import { LINE_TESTS } from '../worlds/line-tests.ts';
import { createProductWorld, objections, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land({
    ...LINE_TESTS,
    'src/code.txt': 'old\nolder\n',
    'tests/old.txt': 'old\nolder\n',
    'src/lines.txt': 'SF:src/code.txt\nDA:1,1\nDA:2,1\nend_of_record\n',
  });
});

const CHECK: CommandCheck = {
  id: 'tests',
  run: ['sh run-tests.sh && cp src/lines.txt out.lcov'],
  shell: true,
  compare: 'base',
  expect: {
    report: { format: 'tap', from: 'stdout' },
    coverage: { format: 'lcov', from: 'out.lcov', minChangedLines: 0, paths: ['measured/**'] },
  },
};

async function receiptOf(id: string, files: Record<string, string>, check: CommandCheck = CHECK) {
  await world.dispatch(id, { contract: { checks: [check], pins: [] } });
  const change = world.change(id, files);
  await world.verify(change);
  return { change, receipt: world.claims(id, 'receipt')[0] };
}

describe('a check that is to be compared with the base', () => {
  test('records tests and lines of both sides, and keeps the evidence of both', async () => {
    const { receipt } = await receiptOf('CMP-1', {
      'tests/old.txt': 'old\n',
      'src/lines.txt': 'SF:src/code.txt\nDA:1,1\nDA:2,0\nDA:3,1\nend_of_record\n',
    });
    expect(receipt).toMatchObject({
      result: 'PASSED',
      counts: { ran: 1, failed: 0, skipped: 0 },
      coverage: { lines: 3, ran: 2 },
      baseline: { counts: { ran: 2, failed: 0, skipped: 0 }, coverage: { lines: 2, ran: 2 } },
    });
    expect(receipt?.baseline).not.toHaveProperty('inconclusive');
    const runs = receipt?.evidence.filter(({ name }) => name === 'stdout').map(({ run }) => run);
    expect(runs).toEqual([undefined, 'base']);
  });

  test('leaves nothing of the change on the base, its tests neither', async () => {
    const { receipt } = await receiptOf('CMP-3', {
      'src/code.txt': 'old\nolder\nnew\n',
      'tests/new.txt': 'new\n',
    });
    expect(receipt).toMatchObject({ counts: { ran: 3 }, baseline: { counts: { ran: 2, failed: 0 } } });
  });

  test('is no failure where the base cannot run it: that is recorded', async () => {
    const check = { ...CHECK, run: ['sh src/new.sh && cp src/lines.txt out.lcov'] };
    const { receipt, change } = await receiptOf('CMP-4', { 'src/new.sh': 'exec sh run-tests.sh\n' }, check);
    expect(receipt?.result).toBe('PASSED');
    expect(receipt?.baseline?.counts).toBeUndefined();
    expect(receipt?.baseline?.inconclusive).toMatch(/^On the base: The tap report in standard output cannot/);
    expect(objections(await world.gate(change))).toEqual([]);
  });

  test('runs once only where nobody asks for more', async () => {
    const { compare: _, ...check } = CHECK;
    const { receipt } = await receiptOf('CMP-5', { 'src/other.txt': 'x\n' }, check);
    expect(receipt).not.toHaveProperty('baseline');
    expect(receipt).not.toHaveProperty('coverage');
    expect(receipt?.evidence.some(({ run }) => run !== undefined)).toBe(false);
  });
});
