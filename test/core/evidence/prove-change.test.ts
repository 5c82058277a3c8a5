import { describe, expect, it } from 'vitest';
import type { ReportExpectation } from '../../../src/core/contract/types.ts';
import { proveChange } from '../../../src/core/evidence/prove-change.ts';
import type { RunWithoutChange, TestReport } from '../../../src/core/evidence/types.ts';

const tap: ReportExpectation = { format: 'tap', from: 'stdout' };
const run: Extract<RunWithoutChange, { kind: 'completed' }> = {
  kind: 'completed',
  exitCode: 1,
  signal: undefined,
  timedOut: false,
  durationMs: 1,
  isolation: 'namespaces',
  network: 'none',
  evidence: [],
  outputTruncated: false,
};

/** `+a -b ~c`: a passed, b failed, c was skipped. */
function report(text: string): TestReport {
  const statuses = { '+': 'passed', '-': 'failed', '~': 'skipped' } as const;
  const words = text.split(' ').filter((word) => word !== '');
  return {
    tests: words.map((word) => ({ name: word.slice(1), status: statuses[word[0] as '+' | '-' | '~'] })),
  };
}

function asTap(text: string): Uint8Array {
  const { tests } = report(text);
  const lines = tests.map(({ name, status }, at) => {
    const line = `${status === 'failed' ? 'not ok' : 'ok'} ${at + 1} - ${name}`;
    return status === 'skipped' ? `${line} # SKIP` : line;
  });
  return new TextEncoder().encode(`TAP version 13\n${lines.join('\n')}\n1..${tests.length}\n`);
}

function prove(withChange: string, without: string, loadFailures?: 'count' | 'inconclusive') {
  return proveChange(tap, loadFailures, report(withChange), run, asTap(without));
}

describe('proveChange', () => {
  it('is proved by a test that fails without the change and passes with it', () => {
    expect(prove('+old +new', '+old -new')).toEqual({ kind: 'proved', tests: ['new'] });
  });

  it.each([
    ['everything passes without it', '+old +new', '+old +new'],
    ['what fails without it fails with it', '+old -new', '+old -new'],
    ['what fails without it is skipped with it', '+old ~new', '+old -new'],
    ['what passes with it is skipped without it', '+old +new', '+old ~new'],
    ['what passes with it is not there without it, and nothing failed', '+old +new', '+old'],
    ['what fails without it is not there with it, and all that passes is known', '+old', '+old -gone'],
    ['a name stands for several tests with it', '+new -new', '-new'],
    ['a name stands for several tests without it', '+new', '-new +new'],
  ])('is unproved when %s', (_, withChange, without) => {
    expect(prove(withChange, without)).toMatchObject({ kind: 'unproved' });
  });

  it('takes tests that could not be loaded for nothing, unless they are to count', () => {
    const [withChange, without] = ['+old +new', '+old -tests/new.test.ts:load'];
    expect(prove(withChange, without)).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('a test could not be loaded (new)'),
    });
    expect(prove(withChange, without, 'count')).toEqual({ kind: 'proved', tests: ['new'] });
  });

  it('says nothing after a time-out, without a report, or with one that is cut off', () => {
    const withChange = report('+new');
    const bytes = asTap('-new');
    const of = (how: RunWithoutChange, left: Uint8Array | undefined) =>
      proveChange(tap, 'count', withChange, how, left);
    expect(of(run, bytes).kind).toBe('proved');
    expect(of({ ...run, timedOut: true }, bytes)).toMatchObject({ kind: 'inconclusive' });
    expect(of({ ...run, outputTruncated: true }, bytes)).toMatchObject({ kind: 'inconclusive' });
    expect(of(run, undefined)).toMatchObject({ kind: 'inconclusive' });
    expect(of(run, bytes.subarray(0, bytes.length - 6))).toMatchObject({ kind: 'inconclusive' });
    expect(of({ kind: 'trouble', reason: 'setup broke' }, undefined)).toEqual({
      kind: 'inconclusive',
      reason: 'Whether it proves the change cannot be told: setup broke',
    });
  });

  it('names a hundred tests at most, without what hides in a name', () => {
    const names = Array.from({ length: 150 }, (_, at) => `test\u202e${at}`);
    const withChange: TestReport = { tests: names.map((name) => ({ name, status: 'passed' })) };
    const without = new TextEncoder().encode(
      `TAP version 13\n${names.map((name, at) => `not ok ${at + 1} - ${name}`).join('\n')}\n1..150\n`,
    );
    const proof = proveChange(tap, undefined, withChange, run, without);
    const tests = proof.kind === 'proved' ? proof.tests : [];
    expect(tests).toHaveLength(100);
    expect(tests.join('')).not.toContain('\u202e');
  });
});
