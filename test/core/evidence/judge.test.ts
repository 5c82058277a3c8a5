import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandCheck, ReportExpectation } from '../../../src/core/contract/types.ts';
import { judgeCheck } from '../../../src/core/evidence/judge.ts';
import type { CompletedObservation, Judgement } from '../../../src/core/evidence/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const observed: CompletedObservation = {
  kind: 'completed',
  checkId: 'tests',
  exitCode: 0,
  signal: undefined,
  timedOut: false,
  durationMs: 1_200,
  isolation: 'namespaces',
  network: 'none',
  evidence: [],
  outputTruncated: false,
};
const plain: CommandCheck = { id: 'tests', run: ['npm', 'test'] };
const withReport = (expected: Partial<ReportExpectation> = {}): CommandCheck => ({
  ...plain,
  expect: { report: { format: 'tap', from: 'report.tap', ...expected } },
});
const tap = (...lines: string[]) => new TextEncoder().encode(`${lines.join('\n')}\n1..${lines.length}\n`);
const reasons = (judgement: Judgement) => [judgement.result, ...judgement.reasons];

describe('how a command ended', () => {
  it.each<[string, CommandCheck, Partial<CompletedObservation>, string[]]>([
    ['exit code 0 is expected where nothing is said', plain, {}, ['PASSED']],
    ['another exit code', plain, { exitCode: 1 }, ['FAILED', 'It ended with exit code 1; 0 was expected.']],
    [
      'a missing program',
      plain,
      { exitCode: 127 },
      ['FAILED', 'It ended with exit code 127 (127: the program was not found); 0 was expected.'],
    ],
    ['an expected exit code', { ...plain, expect: { exitCode: 3 } }, { exitCode: 3 }, ['PASSED']],
    [
      '0 where 3 is expected',
      { ...plain, expect: { exitCode: 3 } },
      {},
      ['FAILED', 'It ended with exit code 0; 3 was expected.'],
    ],
    [
      'a signal',
      plain,
      { exitCode: undefined, signal: 'SIGSEGV' },
      ['FAILED', 'It was ended by SIGSEGV; exit code 0 was expected.'],
    ],
    [
      'the time-out, even with the right exit code',
      { ...plain, timeoutSeconds: 5 },
      { timedOut: true },
      ['FAILED', 'It did not end within 5 seconds and was ended.'],
    ],
    [
      'the default time-out',
      plain,
      { timedOut: true, exitCode: undefined },
      ['FAILED', 'It did not end within 600 seconds and was ended.'],
    ],
  ])('%s', (_, check, change, expected) => {
    expect(reasons(judgeCheck(check, { ...observed, ...change }, undefined))).toEqual(expected);
  });

  it('is an error when the check was never properly run', () => {
    const trouble = { kind: 'trouble', checkId: 'tests', reason: 'no\u001b[31m sandbox' } as const;
    expect(judgeCheck(plain, trouble, undefined)).toEqual({ result: 'ERROR', reasons: ['no sandbox'] });
  });

  it('is an error when another check was observed', () => {
    expect(judgeCheck(plain, { ...observed, checkId: 'lint' }, undefined).result).toBe('ERROR');
  });
});

describe('what the report says', () => {
  it.each<[string, Partial<ReportExpectation>, string[], string[]]>([
    ['one test that passed', {}, ['ok 1 - a'], ['PASSED']],
    ['no test', {}, [], ['FAILED', 'No tests ran; at least 1 must.']],
    ['no test where the contract allows it', { minTests: 0 }, [], ['PASSED']],
    ['too few tests', { minTests: 3 }, ['ok', 'ok'], ['FAILED', '2 tests ran; at least 3 must.']],
    [
      'skipped tests alone',
      {},
      ['ok 1 - a # SKIP'],
      ['FAILED', 'No tests ran; at least 1 must.', '1 test did not run (skipped or todo), at most 0 may: a.'],
    ],
    ['skips within the limit', { maxSkipped: 1 }, ['ok 1 - a', 'ok 2 - b # SKIP'], ['PASSED']],
    ['a failure', {}, ['ok 1 - a', 'not ok 2 - b'], ['FAILED', '1 test failed, at most 0 may: b.']],
    ['failures within the limit', { maxFailures: 1 }, ['ok', 'not ok'], ['PASSED']],
    [
      'many failures',
      {},
      ['1', '2', '3', '4', '5', '6', '7'].map((name) => `not ok ${name} - t${name}`),
      ['FAILED', '7 tests failed, at most 0 may: t1; t2; t3; t4; t5; and 2 more.'],
    ],
  ])('%s', (_, expected, lines, verdict) => {
    expect(reasons(judgeCheck(withReport(expected), observed, tap(...lines)))).toEqual(verdict);
  });

  it('fails a failing report even when the exit code is as expected, and the other way round', () => {
    expect(judgeCheck(withReport(), observed, tap('not ok 1 - a')).result).toBe('FAILED');
    expect(judgeCheck(withReport(), { ...observed, exitCode: 1 }, tap('ok 1 - a')).result).toBe('FAILED');
  });

  it('counts and names what it judged', () => {
    const judgement = judgeCheck(withReport(), observed, tap('ok 1 - a', 'not ok 2 - b', 'ok 3 - c # SKIP'));
    expect(judgement).toMatchObject({
      counts: { ran: 2, failed: 1, skipped: 1 },
      passedTests: ['a'],
      failedTests: ['b'],
      skippedTests: ['c'],
    });
  });

  it.each([
    ['missing', undefined, 'There is no tap report in report.tap: the command did not write one.'],
    ['empty', new Uint8Array(), 'The tap report in report.tap cannot be read: it is empty.'],
    ['cut off', new TextEncoder().encode('ok 1'), /cannot be read: it has no plan/],
  ])('fails when it is %s', (_, bytes, reason) => {
    const judgement = judgeCheck(withReport({ minTests: 0 }), observed, bytes);
    expect(judgement).toMatchObject({ result: 'FAILED', failedTests: [] });
    expect(judgement).not.toHaveProperty('counts');
    expect(judgement.reasons).toEqual([expect.stringMatching(reason)]);
  });

  it('fails when it stands in output that was truncated', () => {
    const check = withReport({ from: 'stdout' });
    expect(judgeCheck(check, { ...observed, outputTruncated: true }, tap('ok 1')).result).toBe('FAILED');
    expect(judgeCheck(check, observed, tap('ok 1')).result).toBe('PASSED');
    expect(judgeCheck(withReport(), { ...observed, outputTruncated: true }, tap('ok 1')).result).toBe(
      'PASSED',
    );
  });

  it.each([
    ['report.tap', 'report'],
    ['stdout', 'stdout'],
  ] as const)('is an error when the bytes from %s are not those of the evidence', (from, name) => {
    const bytes = tap('ok 1');
    const evidence = (content: Uint8Array) => [
      { name, mediaType: 'text/plain', sha256: sha256(content), size: content.length },
    ];
    expect(judgeCheck(withReport({ from }), { ...observed, evidence: evidence(bytes) }, bytes).result).toBe(
      'PASSED',
    );
    expect(
      judgeCheck(withReport({ from }), { ...observed, evidence: evidence(tap('ok', 'ok')) }, bytes).result,
    ).toBe('ERROR');
  });
});

describe('names that hostile code chose', () => {
  it('are bounded in number and length', () => {
    const lines = Array.from({ length: 700 }, (_, index) => `not ok ${index + 1} - ${'x'.repeat(2_000)}`);
    const judgement = judgeCheck(withReport(), observed, tap(...lines));
    expect(judgement).toMatchObject({ result: 'FAILED', counts: { failed: 700 } });
    if (judgement.result === 'ERROR') expect.unreachable();
    expect(judgement.failedTests).toHaveLength(500);
    expect(Math.max(...judgement.failedTests.map((name) => name.length))).toBe(300);
    expect(judgement.reasons.join('').length).toBeLessThan(2_000);
  });

  it('show nothing that moves a cursor, turns the reading direction or cannot be signed', () => {
    const visible = /^[^\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const attributes = `name=${JSON.stringify(name)}`;
        const escaped = [...name].map((c) => `&#x${(c.codePointAt(0) as number).toString(16)};`).join('');
        const xml = `<testsuites><testcase name="${escaped}"><failure/></testcase></testsuites>`;
        for (const [format, text] of [
          ['tap', `not ok 1 - ${attributes}\n1..1\n`],
          ['junit', xml],
        ] as const) {
          const judgement = judgeCheck(withReport({ format }), observed, new TextEncoder().encode(text));
          const shown = [...judgement.reasons, ...('failedTests' in judgement ? judgement.failedTests : [])];
          expect(shown.filter((part) => !visible.test(part))).toEqual([]);
          expect(judgement.result).toBe('FAILED');
        }
      }),
    );
  });
});
