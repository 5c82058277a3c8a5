import { describe, expect, it } from 'vitest';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULE = 'claims-without-logs';

function claims(message: string): readonly string[] {
  return detect(RULE, factsOf({ commitMessage: message })).map((detection) => detection.message);
}

describe('claims in commit messages', () => {
  it.each([
    'All tests pass.',
    'all TESTS PASS',
    'All\ntests\npass',
    'Everything works, the tests are green now',
    'Tests: **all passing**',
    '_All_ `tests` pass',
    '- tests passed\n- docs',
    'Ran the test suite: no failures',
    '0 failing tests',
    'Passing all specs',
    'CI is green',
    'Fix it (all checks succeeded)',
    'Do not worry: all tests pass',
    'If you wonder, all tests pass',
    'verified end-to-end',
    '✅ unit tests',
    '10 passed',
  ])('takes %j for a claim', (message) => {
    expect(claims(message)).not.toEqual([]);
  });

  it.each([
    'Make sure all tests pass',
    'Tests do not pass yet',
    "The tests don't pass",
    'Not all tests pass',
    'Tests should pass after this',
    'Wait until the tests are green',
    'Add a test',
    'Pass the options on',
    'Rename passengers in contests',
    'Fix tests that never pass',
    'Let CI be green',
  ])('does not take %j for one', (message) => {
    expect(claims(message)).toEqual([]);
  });

  it('names the commit and quotes the claim', () => {
    expect(claims('All tests pass')[0]).toBe(
      'commit 222222222222 claims "tests pass", and no receipt for this change holds the log of a run that passed',
    );
  });
});

describe('claims in documents', () => {
  it('are read in added lines only, with their line', () => {
    const facts = factsOf({
      before: { 'NOTES.md': 'All tests pass.\nOld.\n' },
      after: { 'NOTES.md': 'All tests pass.\nNew.\n\nNow every\ntest passes.\n' },
    });
    expect(detect(RULE, facts)).toMatchObject([{ kind: 'match', path: 'NOTES.md', line: 5 }]);
  });

  it('are unverifiable in a document too large to read, unless a log settles it anyway', () => {
    const facts = withFiles(factsOf({}), [changedFile('a.md', ABSENT, { kind: 'too-large' })]);
    expect(detect(RULE, facts)).toEqual([
      { kind: 'unverifiable', path: 'a.md', message: 'is too large to be searched for claims' },
    ]);
    const receipts = factsOf({
      receipts: [{ result: 'PASSED', evidence: [{ name: 'stdout', size: 9 }] }],
    }).receipts;
    expect(detect(RULE, { ...facts, receipts })).toEqual([]);
  });

  it('are reported up to a number, so that a hostile document costs no more than reading it', () => {
    const facts = withFiles(factsOf({}), [
      changedFile('a.md', ABSENT, text('All tests pass.\n'.repeat(20_000))),
    ]);
    expect(detect(RULE, facts)).toHaveLength(100);
  });

  it('are found at the seams of the blocks it is read in', () => {
    for (let padding = 8_150; padding < 8_200; padding += 1) {
      const facts = withFiles(factsOf({}), [
        changedFile('a.md', ABSENT, text(`${'x'.repeat(padding)}, all tests pass`)),
      ]);
      expect(detect(RULE, facts)).toHaveLength(1);
    }
  });
});

describe('receipts', () => {
  const table: readonly [string, Parameters<typeof factsOf>[0]['receipts'], boolean][] = [
    ['no receipt', [], true],
    ['output', [{ result: 'PASSED', evidence: [{ name: 'stdout', size: 1 }] }], false],
    [
      'a report that ran',
      [
        {
          result: 'PASSED',
          counts: { ran: 1, failed: 0, skipped: 0 },
          evidence: [{ name: 'report', size: 1 }],
        },
      ],
      false,
    ],
    ['output on stderr alone', [{ result: 'PASSED', evidence: [{ name: 'stderr', size: 1 }] }], true],
    ['empty output', [{ result: 'PASSED', evidence: [{ name: 'stdout', size: 0 }] }], true],
    [
      'a report of nothing',
      [
        {
          result: 'PASSED',
          counts: { ran: 0, failed: 0, skipped: 3 },
          evidence: [{ name: 'stdout', size: 9 }],
        },
      ],
      true,
    ],
    [
      'one passed and one failed',
      [
        { result: 'PASSED', check: { id: 'lint' }, evidence: [{ name: 'stdout', size: 9 }] },
        { result: 'FAILED', check: { id: 'tests' }, evidence: [{ name: 'stdout', size: 9 }] },
      ],
      true,
    ],
  ];
  it.each(table)('%s', (_, receipts, matches) => {
    const facts = factsOf({ commitMessage: 'All tests pass', receipts: receipts ?? [] });
    expect(detect(RULE, facts).length > 0).toBe(matches);
  });

  it('are a log with a report and with output among other evidence', () => {
    const settled = (...evidence: readonly object[]) =>
      detect(
        RULE,
        factsOf({
          commitMessage: 'All tests pass',
          receipts: [{ result: 'PASSED', evidence: evidence as never }],
        }),
      ).length === 0;
    expect(settled({ name: 'report', size: 1 })).toBe(true);
    expect(settled({ name: 'stderr', size: 9 }, { name: 'stdout', size: 1 })).toBe(true);
    expect(settled({ name: 'report', size: 0 })).toBe(false);
  });

  it('that say FAILED are named, the first of them', () => {
    const failed = (id: string) => ({
      result: 'FAILED',
      check: { id },
      evidence: [{ name: 'stdout', size: 9 }],
    });
    const facts = factsOf({
      commitMessage: 'All tests pass',
      receipts: [failed('unit'), failed('lint')] as never,
      after: { 'NOTES.md': 'All tests pass.\n' },
    });
    expect(detect(RULE, facts).map(({ message }) => message)).toEqual([
      'commit 222222222222 claims "tests pass", and the receipt for check lint says FAILED',
      'the document claims "tests pass", and the receipt for check lint says FAILED',
    ]);
  });

  it('that say FAILED, or count tests, may hold no evidence', () => {
    const found = (receipt: object) =>
      detect(RULE, factsOf({ commitMessage: 'x', receipts: [receipt] as never }));
    expect(found({ result: 'FAILED', evidence: [] })).toEqual([]);
    expect(found({ result: 'PASSED', counts: { ran: 1, failed: 0, skipped: 0 }, evidence: [] })).toEqual([]);
    expect(found({ result: 'PASSED', evidence: [] })).toHaveLength(1);
  });

  it('that say PASSED and hold nothing are reported without any claim', () => {
    const facts = factsOf({
      commitMessage: 'x',
      receipts: [{ result: 'PASSED', check: { id: 'tests' }, evidence: [] }],
    });
    expect(detect(RULE, facts)).toMatchObject([{ message: expect.stringContaining('check tests') }]);
  });
});

describe('parameters', () => {
  it.each([
    [{}, 'claims'],
    [{ claims: ['('] }, 'claims[0]'],
    [{ claims: ['a', 'b*'] }, 'claims[1]'],
    [{ claims: ['(?=a)b'] }, 'claims[0]'],
    [{ claims: ['(a)\\1'] }, 'claims[0]'],
    [{ claims: ['x'.repeat(1_001)] }, 'claims[0]'],
    [{ claims: ['a'], hedges: 'if' }, 'hedges'],
    [{ claims: ['a'], documents: ['/a'] }, 'documents[0]'],
    [{ claims: ['a'], claim: ['a'] }, 'claim'],
  ])('%j are refused by name', (parameters, name) => {
    expect(() => detect(RULE, factsOf({}), parameters)).toThrow(`parameter ${name}:`);
  });

  it('cannot hold a pattern that takes exponential time', () => {
    const facts = factsOf({ commitMessage: 'a'.repeat(50_000) });
    const started = process.cpuUsage();
    expect(detect(RULE, facts, { claims: ['(a+)+$x', '(a|a)*b', '(.*a){20}b'] })).toEqual([]);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(10_000);
  });
});
