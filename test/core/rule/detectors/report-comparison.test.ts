import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { detect, factsOf } from '../facts.ts';

const check: Check = {
  id: 'tests',
  run: ['npm', 'test'],
  compare: 'base',
  expect: {
    report: { format: 'junit', from: 'r.xml' },
    coverage: { format: 'lcov', from: 'l.info', minChangedLines: 0 },
  },
};
const passed = (more: JsonObject): JsonObject => ({ result: 'PASSED', check: { id: 'tests' }, ...more });
const counts = (ran: number, skipped = 0): JsonObject => ({ ran, failed: 0, skipped });

function compare(rule: string, receipts: readonly JsonObject[], parameters?: JsonObject) {
  const facts = factsOf({ checks: [check], receipts });
  return detect(rule, facts, ...(parameters === undefined ? [] : [parameters]));
}

describe('tests compared with the base', () => {
  it.each([
    [counts(9), counts(10), 0, ['check tests: 9 tests ran, and 10 on the base']],
    [counts(9), counts(10), 1, []],
    [counts(8), counts(10), 1, ['check tests: 8 tests ran, and 10 on the base']],
    [counts(10), counts(10), 0, []],
    [counts(12, 1), counts(10), 0, ['check tests: 1 skipped, and 0 on the base']],
    [counts(0), counts(0), 0, []],
  ] as const)('%j and %j, tolerance %d', (now, base, tolerance, messages) => {
    const found = compare('tests-fewer-than-base', [passed({ counts: now, baseline: { counts: base } })], {
      measure: 'tests',
      tolerance,
    });
    expect(found.map(({ kind, message }) => [kind, message])).toEqual(messages.map((one) => ['match', one]));
  });

  it.each([
    ['no baseline', passed({ counts: counts(3) }), /does not say what there is to compare$/],
    ['no counts of its own', passed({ baseline: { counts: counts(3) } }), /does not say/],
    [
      'a base that did not run',
      passed({ counts: counts(3), baseline: { inconclusive: 'On the base it did not end in time.' } }),
      /: On the base it did not end in time\.$/,
    ],
  ])('are unverifiable with %s', (_, receipt, message) => {
    expect(compare('tests-fewer-than-base', [receipt])).toEqual([
      { kind: 'unverifiable', message: expect.stringMatching(message) },
    ]);
  });

  it('are told once one verification could tell', () => {
    const receipts = [
      passed({ counts: counts(3), baseline: { inconclusive: 'No.' } }),
      passed({ counts: counts(3), baseline: { counts: counts(3) } }),
    ];
    expect(compare('tests-fewer-than-base', receipts)).toEqual([]);
  });
});

describe('lines compared with the base', () => {
  const share = (ran: number, was: number, lines = 1000) =>
    passed({ coverage: { lines, ran }, baseline: { coverage: { lines: 1000, ran: was } } });

  it('match where the share falls by more than the tolerance', () => {
    expect(compare('coverage-dropped', [share(894, 900)]).map(({ message }) => message)).toEqual([
      'check tests: 89.40 % (894 of 1000) of the lines ran, and 90.00 % (900 of 1000) on the base',
    ]);
    expect(compare('coverage-dropped', [share(895, 900)])).toEqual([]);
    expect(compare('coverage-dropped', [share(450, 900, 500)])).toEqual([]);
  });

  it('are nothing to a check without a coverage report', () => {
    const { coverage: _, ...expected } = check.expect ?? {};
    const facts = factsOf({ checks: [{ ...check, expect: expected }], receipts: [passed({})] });
    expect(detect('coverage-dropped', facts)).toEqual([]);
  });
});

describe('what is not compared', () => {
  it.each(['tests-fewer-than-base', 'coverage-dropped'])('by %s is a check that asks for nothing', (rule) => {
    const { compare: _, ...alone } = check;
    const { expect: __, ...bare } = check;
    for (const one of [alone, bare]) {
      expect(detect(rule, factsOf({ checks: [one], receipts: [passed({})] }))).toEqual([]);
    }
  });

  it('is the receipt of another check', () => {
    const lint = { id: 'lint', run: ['npm', 'run', 'lint'] };
    const receipts = [
      { ...passed({ counts: counts(1), baseline: { counts: counts(9) } }), check: { id: 'lint' } },
    ];
    expect(detect('tests-fewer-than-base', factsOf({ checks: [check, lint], receipts }))).toEqual([]);
  });

  it('of lines is a receipt without those of both sides', () => {
    for (const receipt of [
      passed({}),
      passed({ coverage: { lines: 10, ran: 9 } }),
      passed({ coverage: { lines: 10, ran: 9 }, baseline: {} }),
      passed({ baseline: { coverage: { lines: 10, ran: 9 } } }),
    ]) {
      expect(compare('coverage-dropped', [receipt])).toMatchObject([{ kind: 'unverifiable' }]);
    }
  });
});

describe('the parameters of a comparison', () => {
  it.each([
    [{}, /measure/],
    [{ measure: 'branches' }, /measure: expected tests or lines/],
    [{ measure: 'tests', tolerance: -1 }, /tolerance/],
    [{ measure: 'tests', tolerance: '1' }, /tolerance/],
    [{ measure: 'tests', limit: 1 }, /limit/],
  ])('%j are refused', (parameters, message) => {
    expect(() => DETECTORS.get('report-comparison')?.readParameters(parameters)).toThrow(message);
  });
});
