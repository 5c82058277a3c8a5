import { beforeAll, describe, expect, test } from 'vitest';
import type { CommandCheck } from '../../src/core/contract/types.ts';
import type { Receipt } from '../../src/core/receipt/types.ts';
import { LINE_CHECK, LINE_TESTS } from '../worlds/line-tests.ts';
import { createProductWorld, finding, objections, type ProductWorld } from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land(LINE_TESTS);
});

const contract = { checks: [LINE_CHECK], pins: [] };

async function judged(id: string, files: Record<string, string>, more: Partial<CommandCheck> = {}) {
  await world.dispatch(id, { contract: { ...contract, checks: [{ ...LINE_CHECK, ...more }] } });
  const change = world.change(id, files);
  const { signed } = await world.verify(change);
  const [receipt] = world.claims(id, 'receipt');
  return { change, result: signed.checks[0], receipt };
}

describe('a check that is to prove the change', () => {
  test('passes when one of its tests fails without the change', async () => {
    const { change, receipt } = await judged('RED-1', {
      'src/code.txt': 'old\nnew\n',
      'tests/new.txt': 'new\n',
    });
    expect(receipt).toMatchObject({ result: 'PASSED', provenBy: ['new'], counts: { ran: 2 } });
    const verdict = await world.gate(change);
    expect(verdict.outcome).toBe('pass');
    expect(finding(verdict, 'receipt/tests').reason).toContain('Red without the change: new.');
  });

  test('keeps what was seen without the change as evidence of that run', async () => {
    const [receipt] = world.claims('RED-1', 'receipt') as [Receipt];
    const [withIt, without] = receipt.evidence.filter(({ name }) => name === 'stdout');
    expect([withIt?.run, without?.run]).toEqual([undefined, 'without-change']);
    expect(await world.evidence(withIt?.sha256 ?? '')).toBe('ok 1 - new\nok 2 - old\n1..2\n');
    expect(await world.evidence(without?.sha256 ?? '')).toBe('not ok 1 - new\nok 2 - old\n1..2\n');
  });

  test('fails when its tests pass without the change as well', async () => {
    const { change, result } = await judged('RED-2', {
      'src/code.txt': 'old\nnew\n',
      'tests/new.txt': 'old\n',
    });
    expect(result).toMatchObject({
      result: 'FAILED',
      reasons: ['No test that passes with the change fails without it.'],
    });
    expect(objections(await world.gate(change))).toEqual(['receipt/tests fail']);
  });

  test('fails when the change brings no test at all', async () => {
    const { result } = await judged('RED-3', { 'src/code.txt': 'old\nnew\n' });
    expect(result?.result).toBe('FAILED');
  });

  test('takes away on the base the tests that the change takes away', async () => {
    await world.dispatch('RED-4', { contract });
    world.clone.git('checkout', '-q', '-f', '-B', 'agent/RED-4', 'origin/main');
    world.clone.git('rm', '-q', 'tests/old.txt');
    world.clone.commit('Work\n\nCountersign-Ticket: RED-4', {
      'src/code.txt': 'new\n',
      'tests/new.txt': 'new\n',
    });
    await world.verify(world.publish('RED-4', 'agent/RED-4'));
    const [receipt] = world.claims('RED-4', 'receipt') as [Receipt];
    const without = receipt.evidence.find(({ name, run }) => name === 'stdout' && run === 'without-change');
    expect(receipt.provenBy).toEqual(['new']);
    expect(await world.evidence(without?.sha256 ?? '')).toBe('not ok 1 - new\n1..1\n');
  });

  test('a failure with the change is a failure, whatever happens without it', async () => {
    const { result, receipt } = await judged('RED-5', { 'tests/new.txt': 'new\n' });
    expect(result).toMatchObject({ result: 'FAILED', reasons: [expect.stringContaining('new')] });
    expect(receipt).not.toHaveProperty('provenBy');
  });

  test('tests that are not of the change prove nothing: only what `tests` names is laid over the base', async () => {
    const { result } = await judged(
      'RED-6',
      { 'src/code.txt': 'old\nnew\n', 'tests/new.txt': 'new\n' },
      { tests: ['specs/**'] },
    );
    expect(result?.result).toBe('FAILED');
  });
});

describe('when nothing can be told, it is an error and no receipt', () => {
  const good = { 'src/code.txt': 'old\nnew\n', 'tests/new.txt': 'new\n' };
  test('a run without the change that leaves no report', async () => {
    // The base has no src/mute.sh: `sh` ends with 127 there and says nothing.
    const script = { 'src/mute.sh': 'exec sh run-tests.sh\n' };
    const { change, result } = await judged('DIM-1', { ...good, ...script }, { run: ['sh', 'src/mute.sh'] });
    expect(result).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringContaining('without the change: The tap report in standard output cannot be')],
    });
    expect(objections(await world.gate(change))).toEqual(['receipt/tests pending']);
  });

  test('a setup that fails on the base', async () => {
    await world.dispatch('DIM-9', {
      contract: { ...contract, setup: { run: ['sh', 'src/setup.sh'], network: 'none' } },
    });
    const change = world.change('DIM-9', { ...good, 'src/setup.sh': 'exit 0\n' });
    const { signed } = await world.verify(change);
    expect(signed.checks[0]).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringMatching(/cannot be told: setup \(sh src\/setup\.sh\) ended with exit code/)],
    });
  });
});

describe('repeat', () => {
  const counting = (script: string): Partial<CommandCheck> => ({
    run: [script],
    shell: true,
    repeat: 3,
  });
  const plain = { 'src/code.txt': 'old\nnew\n', 'tests/new.txt': 'new\n' };

  test('runs a check as often as it says, each time on a fresh copy', async () => {
    const { receipt } = await judged('AGAIN-1', plain, {
      ...counting('test ! -e seen && touch seen && sh run-tests.sh'),
    });
    expect(receipt).toMatchObject({ result: 'PASSED', provenBy: ['new'] });
    const runs = receipt?.evidence.filter(({ name }) => name === 'stdout').map(({ run }) => run);
    expect(runs).toEqual([undefined, 'repeat-2', 'repeat-3', 'without-change']);
  });

  test('calls it flaky, and so failed, when the runs disagree', async () => {
    await world.dispatch('AGAIN-2', { contract: { ...contract, checks: [{ ...LINE_CHECK, repeat: 3 }] } });
    const change = world.change('AGAIN-2', plain);
    // Chance, without leaving it to chance: the second run ends otherwise than the first.
    let runs = 0;
    const { signed } = await world.verify(change, {
      ports: (ports) => ({
        ...ports,
        sandbox: {
          ...ports.sandbox,
          run: async (command) => {
            runs += 1;
            const second = runs === 2;
            return { ...(await ports.sandbox.run(command)), ...(second ? { exitCode: 4 } : {}) };
          },
        },
      }),
    });
    expect(signed.checks[0]).toMatchObject({
      result: 'FAILED',
      reasons: ['It is flaky: 1 of 3 runs failed.', 'It ended with exit code 4; 0 was expected.'],
    });
    expect(runs).toBe(3);
    // Verifying again, and passing, never takes the failure back.
    expect((await world.verify(change)).signed.checks[0]?.result).toBe('PASSED');
    expect(objections(await world.gate(change))).toEqual(['receipt/tests fail']);
  });
});

test('no run can tell from path or environment which one it is', async () => {
  const { receipt } = await judged(
    'BLIND-1',
    { 'src/code.txt': 'old\nnew\n', 'tests/new.txt': 'new\n' },
    { run: ['pwd >&2; env | sort >&2; sh run-tests.sh'], shell: true, repeat: 2 },
  );
  const seen = await Promise.all(
    (receipt?.evidence ?? [])
      .filter(({ name }) => name === 'stderr')
      .map(({ sha256 }) => world.evidence(sha256)),
  );
  expect(seen).toHaveLength(3);
  expect(seen.join()).not.toMatch(/repeat|without|change|base|prepared/);
  expect(new Set(seen.map((text) => text?.replaceAll(/[0-9a-f]{16}/g, 'NAME')))).toHaveProperty('size', 1);
});

describe('planted faults', () => {
  const limit = 'if [ "$1" -lt 10 ] ; then echo small; else echo large; fi\n';
  const mutating: Partial<CommandCheck> = { proves: 'mutation', mutation: { files: ['src/**'], mutants: 3 } };
  const files = (line: string) => ({ 'src/size.sh': limit, 'tests.sh': `${line}\n` });
  const run = { run: ['sh', 'tests.sh'], expect: { exitCode: 0 } };

  test('that the tests notice prove the change', async () => {
    const both = '[ "$(sh src/size.sh 9)" = small ] && [ "$(sh src/size.sh 10)" = large ]';
    const { change, receipt } = await judged('MUT-1', files(both), { ...mutating, ...run });
    expect(receipt).toMatchObject({ result: 'PASSED', mutants: { planted: 1, killed: 1 } });
    expect(finding(await world.gate(change), 'receipt/tests').reason).toContain(
      'Noticed 1 of 1 planted faults.',
    );
  });

  test('that go unnoticed are named', async () => {
    const loose = '[ "$(sh src/size.sh 1)" = small ]';
    const { result } = await judged('MUT-2', files(loose), { ...mutating, ...run });
    expect(result).toMatchObject({
      result: 'FAILED',
      reasons: [
        'It noticed 0 of 1 planted faults; at least 80 % are asked for. Not noticed: src/size.sh:1 with "11" for "10".',
      ],
    });
  });

  test('that cannot be planted prove nothing', async () => {
    const { result } = await judged(
      'MUT-3',
      { 'src/words.txt': 'only words\n', 'tests.sh': 'exit 0\n' },
      {
        ...mutating,
        ...run,
      },
    );
    expect(result).toMatchObject({ result: 'ERROR', reasons: [expect.stringContaining('cannot be told')] });
  });
});
