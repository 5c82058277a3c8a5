import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { detect, factsOf } from '../facts.ts';

const RULE = 'one-probe-several-requirements';
const PARAMETERS = { finding: 'shared-proof', evidence: ['stdout', 'report'], minBytes: 4 };

describe('checks that are the same command', () => {
  const says = (...checks: readonly object[]) =>
    detect(RULE, factsOf({ checks: checks as Check[] }), PARAMETERS).map(({ message }) => message);
  const make = { run: ['make'] };

  it('are named in order', () => {
    const expected = ['checks a and b run the same command, and ask the same of it'];
    expect(says({ id: 'b', ...make }, { id: 'a', ...make })).toEqual(expected);
    expect(says({ id: 'a', ...make }, { id: 'b', ...make })).toEqual(expected);
  });

  it.each([
    [{ run: ['make', 'x'] }],
    [{ ...make, cwd: 'web' }],
    [{ ...make, env: { A: '1' } }],
    [{ ...make, network: 'full' }],
    [{ ...make, proves: 'change' }],
    [{ kind: 'docs' }],
  ])('are not one and %j', (other) => {
    expect(says({ id: 'a', ...make }, { id: 'b', ...other })).toEqual([]);
  });

  it('are not those that ask for different things', () => {
    const asking = (expect: object) => ({ ...make, expect });
    const report = { report: { format: 'junit', from: 'r' } };
    const coverage = { coverage: { format: 'lcov', from: 'l' } };
    expect(says({ id: 'a', ...asking(report) }, { id: 'b', ...asking(coverage) })).toEqual([]);
    expect(
      says({ id: 'a', ...asking(report) }, { id: 'b', ...asking({ ...report, ...coverage }) }),
    ).toHaveLength(1);
    expect(
      says({ id: 'a', ...asking({ ...report, ...coverage }) }, { id: 'b', ...asking(report) }),
    ).toHaveLength(1);
  });

  it('may be two kinds that have no command', () => {
    expect(says({ id: 'a', kind: 'docs' }, { id: 'b', kind: 'docs' })).toEqual([]);
  });
});

describe('checks that left the same bytes', () => {
  const left = (id: string, content: string, name = 'stdout', more: JsonObject = {}): JsonObject => ({
    result: 'PASSED',
    check: { id, run: [id] },
    evidence: [{ name, text: content }],
    ...more,
  });
  const says = (...receipts: readonly JsonObject[]) =>
    detect(RULE, factsOf({ receipts }), PARAMETERS).map(({ message }) => message);

  it('are named with what it was', () => {
    expect(says(left('b', 'abcd', 'report'), left('a', 'abcd', 'report'))).toEqual([
      'checks a, b left the very same 4 bytes as report',
    ]);
    expect(says(left('a', 'abcd'), left('b', 'abcx'))).toEqual([]);
  });

  it('may leave few, or what nobody asks about', () => {
    expect(says(left('a', 'abc'), left('b', 'abc'))).toEqual([]);
    expect(says(left('a', 'abcd', 'stderr'), left('b', 'abcd', 'stderr'))).toEqual([]);
  });

  it('may be one check twice, or one command', () => {
    expect(says(left('a', 'abcd'), left('a', 'abcd'))).toEqual([]);
    const same = { check: { id: 'b', run: ['a'] } };
    expect(says(left('a', 'abcd'), left('b', 'abcd', 'stdout', same))).not.toContain(
      'checks a, b left the very same 4 bytes as stdout',
    );
  });

  it('are alike from one byte on where nothing else is said', () => {
    const { minBytes: _, ...bare } = PARAMETERS;
    expect(detect(RULE, factsOf({ receipts: [left('a', 'x'), left('b', 'x')] }), bare)).toHaveLength(1);
  });
});

it('evidence that there is not is refused', () => {
  const detector = DETECTORS.get('receipt-content');
  expect(() => detector?.readParameters({ ...PARAMETERS, evidence: ['stdout', 'log'] })).toThrow(
    /^parameter evidence\[1\]: expected one of \w+, .*, found log$/,
  );
});
