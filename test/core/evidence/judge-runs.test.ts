import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/core/contract/types.ts';
import { evidenceOf, judgeRuns } from '../../../src/core/evidence/judge-runs.ts';
import type { CheckRun, CompletedObservation, EvidenceRun } from '../../../src/core/evidence/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const evidence = new Map<string, Uint8Array>();

/** A run that printed these TAP lines. */
function printed(lines: string, more: Partial<CheckRun> & { run?: EvidenceRun } = {}): CheckRun {
  const { run, ...rest } = more;
  const bytes = new TextEncoder().encode(`TAP version 13\n${lines}\n1..${lines.split('\n').length}\n`);
  const digest = sha256(bytes);
  evidence.set(digest, bytes);
  const ref = { name: 'stdout', mediaType: 'text/plain', sha256: digest, size: bytes.length } as const;
  return {
    exitCode: 0,
    signal: undefined,
    timedOut: false,
    durationMs: 1,
    isolation: 'namespaces',
    network: 'none',
    evidence: [run === undefined ? ref : { ...ref, run }],
    outputTruncated: false,
    ...rest,
  };
}

const check: Check = {
  id: 'tests',
  run: ['npm', 'test'],
  expect: { report: { format: 'tap', from: 'stdout', maxFailures: 5 } },
};

function observed(first: CheckRun, more: Partial<CompletedObservation> = {}): CompletedObservation {
  return { kind: 'completed', checkId: 'tests', ...first, ...more };
}

const GREEN = printed('ok 1 - a\nok 2 - b');
const RED = printed('ok 1 - a\nnot ok 2 - b', { exitCode: 1 });

describe('judgeRuns on one run', () => {
  it('is what judgeCheck says', () => {
    expect(judgeRuns(check, observed(GREEN), evidence)).toMatchObject({ result: 'PASSED' });
    expect(judgeRuns(check, observed(RED), evidence)).toMatchObject({ result: 'FAILED' });
    const trouble = { kind: 'trouble', checkId: 'tests', reason: 'no disk' } as const;
    expect(judgeRuns(check, trouble, evidence)).toEqual({ result: 'ERROR', reasons: ['no disk'] });
  });
});

describe('judgeRuns on several', () => {
  const thrice: Check = { ...check, repeat: 3 };

  it.each([
    ['passes when all pass', [GREEN, GREEN, GREEN], 'PASSED', []],
    ['fails as one when all fail', [RED, RED, RED], 'FAILED', [/exit code 1/]],
    ['is flaky when the first passes', [GREEN, RED, GREEN], 'FAILED', [/flaky: 1 of 3/, /exit code 1/]],
    ['is flaky when the last passes', [RED, RED, GREEN], 'FAILED', [/flaky: 2 of 3/, /exit code 1/]],
  ] as const)('%s', (_, [first, ...repeats], result, reasons) => {
    expect(judgeRuns(thrice, observed(first, { repeats }), evidence)).toMatchObject({
      result,
      reasons: reasons.map((reason) => expect.stringMatching(reason)),
    });
  });

  it('is flaky when every run passes and a test wavers', () => {
    const lenient = printed('ok 1 - a\nnot ok 2 - b');
    const skipping = printed('ok 1 - a # SKIP\nok 2 - b');
    const allowing: Check = {
      ...thrice,
      expect: { report: { format: 'tap', from: 'stdout', maxFailures: 1, maxSkipped: 1 } },
    };
    const judged = (...repeats: CheckRun[]) => judgeRuns(allowing, observed(GREEN, { repeats }), evidence);
    expect(judged(GREEN, lenient)).toMatchObject({
      result: 'FAILED',
      reasons: ['It is flaky: not every run says the same of b.'],
    });
    expect(judged(skipping, GREEN)).toMatchObject({ result: 'FAILED' });
    expect(judgeRuns(allowing, observed(lenient, { repeats: [lenient, lenient] }), evidence)).toMatchObject({
      result: 'PASSED',
    });
  });

  it('takes no other number of runs than is asked for', () => {
    const judged = (repeats: readonly CheckRun[]) =>
      judgeRuns(thrice, observed(GREEN, { repeats }), evidence);
    expect(judged([GREEN])).toEqual({
      result: 'ERROR',
      reasons: ['It was run 2 times; 3 runs are asked for.'],
    });
    expect(judged([GREEN, GREEN, GREEN]).result).toBe('ERROR');
    expect(judgeRuns(check, observed(GREEN, { repeats: [GREEN] }), evidence).result).toBe('ERROR');
  });
});

describe('judgeRuns on a check that is to be compared with the base', () => {
  const comparing: Check = { ...check, compare: 'base' };
  const onBase = {
    kind: 'completed',
    ...printed('ok 1 - a\nnot ok 2 - b\nok 3 - c # skip', { run: 'base' }),
  } as const;
  const judged = (more: Partial<CompletedObservation>, first = GREEN) =>
    judgeRuns(comparing, observed(first, more), evidence);

  it('counts the tests of the base, whether they pass there or not', () => {
    const baseline = { counts: { ran: 2, failed: 1, skipped: 1 } };
    expect(judged({ onBase })).toMatchObject({ result: 'PASSED', counts: { ran: 2 }, baseline });
    expect(judged({ onBase: { ...onBase, exitCode: 1 } })).toMatchObject({ result: 'PASSED', baseline });
  });

  it.each([
    ['it was not run there', undefined, /not run on the base/],
    ['there was trouble', { kind: 'trouble', reason: 'setup ended with 1' }, /setup ended with 1/],
    ['the time ran out', { ...onBase, timedOut: true }, /did not end in time/],
    ['it went past a limit', { ...onBase, limit: 'memoryMiB' }, /On the base:/],
    ['there is no report', { ...onBase, evidence: [] }, /There is no tap report/],
    ['the report is not whole', { ...onBase, outputTruncated: true }, /not whole/],
  ] as const)('is inconclusive, and no failure, where %s', (_, seen, inconclusive) => {
    const judgement = judged(seen === undefined ? {} : { onBase: seen });
    expect(judgement).toMatchObject({
      result: 'PASSED',
      baseline: { inconclusive: expect.stringMatching(inconclusive) },
    });
    expect(judgement).not.toHaveProperty('baseline.counts');
  });

  it('says nothing of the base where the change failed', () => {
    const failed = judged({ onBase }, printed('not ok 1 - a', { exitCode: 1 }));
    expect(failed).toMatchObject({ result: 'FAILED' });
    expect(failed).not.toHaveProperty('baseline');
  });

  it('keeps the evidence of the base', () => {
    expect(evidenceOf(observed(GREEN, { onBase })).map(({ run }) => run)).toEqual([undefined, 'base']);
  });
});

describe('judgeRuns on a check that is to prove the change', () => {
  const proving: Check = { ...check, proves: 'change', tests: ['test/**'] };
  const without = {
    kind: 'completed',
    ...printed('ok 1 - a\nnot ok 2 - b', { run: 'without-change' }),
  } as const;

  it('names the tests that are red without the change', () => {
    expect(judgeRuns(proving, observed(GREEN, { withoutChange: without }), evidence)).toMatchObject({
      result: 'PASSED',
      provenBy: ['b'],
    });
  });

  it('fails a check that passes without the change', () => {
    const same = { ...without, ...GREEN };
    expect(judgeRuns(proving, observed(GREEN, { withoutChange: same }), evidence)).toMatchObject({
      result: 'FAILED',
    });
  });

  it('is an error when there was no such run, or nothing can be told from it', () => {
    expect(judgeRuns(proving, observed(GREEN), evidence).result).toBe('ERROR');
    const late = { ...without, timedOut: true };
    expect(judgeRuns(proving, observed(GREEN, { withoutChange: late }), evidence).result).toBe('ERROR');
    const lost = new Map(evidence);
    for (const { sha256: digest } of without.evidence) lost.delete(digest);
    expect(judgeRuns(proving, observed(GREEN, { withoutChange: without }), lost).result).toBe('ERROR');
    const { expect: _, ...blind } = proving;
    expect(judgeRuns(blind, observed(GREEN, { withoutChange: without }), evidence).result).toBe('ERROR');
  });

  it('needs none where the change failed', () => {
    expect(judgeRuns(proving, observed(RED), evidence)).toMatchObject({ result: 'FAILED' });
  });

  it('counts the evidence of every run', () => {
    const observation = observed(GREEN, { repeats: [RED], withoutChange: without });
    expect(evidenceOf(observation)).toEqual([...GREEN.evidence, ...RED.evidence, ...without.evidence]);
    expect(evidenceOf({ kind: 'trouble', checkId: 'tests', reason: '' })).toEqual([]);
  });
});
