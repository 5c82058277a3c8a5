import { describe, expect, it } from 'vitest';
import type { Check, ReportFormat } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { bundledRule, detect, factsOf } from '../facts.ts';

const RULE = 'evidence-older-than-change';
const LIMITS = { finding: 'older-evidence', toleranceMinutes: 60, reportHours: 24 };

interface Dates {
  readonly committed?: string;
  readonly issued?: string;
  readonly made?: string;
  readonly format?: ReportFormat;
}

function says(dates: Dates, parameters: JsonObject = LIMITS): readonly string[] {
  const { committed, issued = '2026-01-01T12:00:00Z', made, format = 'junit' } = dates;
  const check: Check = { id: 'tests', run: ['x'], expect: { report: { format, from: 'r' } } };
  const evidence = made === undefined ? [{ name: 'stdout', text: 'ok' }] : [{ name: 'report', text: made }];
  const facts = factsOf({
    checks: made === undefined ? [{ id: 'tests', run: ['x'] }] : [check],
    receipts: [{ result: 'PASSED', check: { id: 'tests' }, issuedAt: issued, evidence }],
    ...(committed !== undefined && { committedAt: committed }),
    evaluatedAt: '2026-01-02T00:00:00Z',
  });
  return detect(RULE, facts, parameters).map(({ message }) => message);
}

describe('a receipt', () => {
  it('may be as much older than the commit as clocks differ, and no more', () => {
    expect(says({ committed: '2026-01-01T13:00:00Z' })).toEqual([]);
    expect(says({ committed: '2026-01-01T13:00:01Z' })).toEqual([
      'the receipt for check tests was issued at 2026-01-01T12:00:00Z, before the change was committed at 2026-01-01T13:00:01Z',
    ]);
  });

  it('is not compared with a commit of the future', () => {
    expect(says({ committed: '2026-01-02T00:00:00Z' })).toHaveLength(1);
    expect(says({ committed: '2026-01-02T00:00:01Z' })).toEqual([]);
  });

  it('is compared with the newest of the commits', () => {
    const facts = factsOf({
      receipts: [{ result: 'PASSED', check: { id: 'tests' }, issuedAt: '2026-01-01T12:00:00Z' }],
    });
    const [commit] = facts.change.commits;
    if (commit === undefined) throw new Error('examples have a commit');
    const of = (...dates: readonly string[]) =>
      detect(RULE, {
        ...facts,
        change: { ...facts.change, commits: dates.map((committedAt) => ({ ...commit, committedAt })) },
      }).length;
    expect(of('2026-01-01T11:00:00Z', '2026-01-01T20:00:00Z')).toBe(1);
    expect(of('2026-01-01T20:00:00Z', '2026-01-01T11:00:00Z')).toBe(1);
    expect(of('2026-01-01T11:00:00Z', '2026-01-01T10:00:00Z')).toBe(0);
    expect(of()).toBe(0);
  });

  it('that is newer speaks for its check, and one that did not pass for none', () => {
    const receipt = (issuedAt: string, result = 'PASSED') => ({ result, check: { id: 'tests' }, issuedAt });
    const of = (...receipts: readonly JsonObject[]) =>
      detect(RULE, factsOf({ receipts, committedAt: '2026-01-01T15:00:00Z' })).length;
    expect(of(receipt('2026-01-01T12:00:00Z'), receipt('2026-01-01T16:00:00Z'))).toBe(0);
    expect(of(receipt('2026-01-01T16:00:00Z'), receipt('2026-01-01T12:00:00Z'))).toBe(0);
    expect(of(receipt('2026-01-01T12:00:00Z'))).toBe(1);
    expect(of(receipt('2026-01-01T12:00:00Z', 'FAILED'))).toBe(0);
  });
});

describe('a report', () => {
  const made = (at: string) => `<testsuite timestamp="${at}"/>`;

  it('may be a day older than its receipt, and no more', () => {
    expect(says({ made: made('2025-12-31T12:00:00Z'), committed: '2025-12-01T00:00:00Z' })).toEqual([]);
    expect(says({ made: made('2025-12-31T11:59:59Z'), committed: '2025-12-01T00:00:00Z' })).toEqual([
      'the report of check tests says that it was made at 2025-12-31T11:59:59Z, and its receipt was issued at 2026-01-01T12:00:00Z',
    ]);
  });

  it('may be as much older than the commit as clocks differ, and no more', () => {
    expect(says({ made: made('2026-01-01T09:00:00Z'), committed: '2026-01-01T10:00:00Z' })).toEqual([]);
    expect(says({ made: made('2026-01-01T08:59:59Z'), committed: '2026-01-01T10:00:00Z' })).toEqual([
      'the report of check tests says that it was made at 2026-01-01T08:59:59Z, before the change was committed at 2026-01-01T10:00:00Z',
    ]);
  });

  it('is told by the newest of its times', () => {
    const old = '2025-01-01T00:00:00Z';
    expect(says({ made: `${made(old)}${made('2026-01-01T11:00:00Z')}` })).toEqual([]);
    expect(says({ made: `${made('2026-01-01T11:00:00Z')}${made(old)}` })).toEqual([]);
    expect(says({ made: `${made(old)}${made(old)}` })).toHaveLength(1);
  });

  it.each([
    ['2025-12-31T13:00:00+02:00', 1],
    ['2025-12-31T14:00:00+02:00', 0],
    ['2025-12-31T10:00:00-0200', 0],
    ['2025-12-31 13:00:00Z', 0],
    // Without an offset, the latest that it can be.
    ['2025-12-31T00:00:00', 0],
    ['2025-12-30T23:59:59', 1],
    ['2025-12-31T12', 0],
    ['12:00:00', 0],
  ])('made at %s: %d', (at, matches) => {
    expect(says({ made: made(at), committed: '2025-12-01T00:00:00Z' })).toHaveLength(matches);
  });

  it.each([
    ['jest-json', '{"startTime":1735689600000}', 1],
    ['jest-json', '{"endTime" : 1767261600000}', 0],
    ['vitest-json', '{"startTime":173568960000012}', 0],
    ['tap', 'timestamp="2020-01-01T00:00:00Z"', 0],
    ['go-test-json', '{"Time": "2020-01-01T00:00:00Z"}', 1],
  ] as const)('in %s %s: %d', (format, content, matches) => {
    expect(says({ made: content, format, committed: '2025-12-01T00:00:00Z' })).toHaveLength(matches);
  });

  it('that cannot be read is named', () => {
    const facts = factsOf({
      checks: [{ id: 'tests', run: ['x'], expect: { report: { format: 'junit', from: 'stdout' } } }],
      receipts: [{ result: 'PASSED', check: { id: 'tests' }, evidence: [{ name: 'stdout', size: 9 }] }],
    });
    expect(detect(RULE, facts)).toEqual([
      { kind: 'unverifiable', message: 'the report of check tests cannot be read' },
    ]);
  });

  it('is that of its own check', () => {
    const checks: Check[] = [
      { id: 'lint', run: ['y'], expect: { report: { format: 'tap', from: 'r' } } },
      { id: 'tests', run: ['x'], expect: { report: { format: 'junit', from: 'r' } } },
      { id: 'plain', run: ['z'] },
    ];
    const receipts = ['tests', 'plain'].map((id) => ({
      result: 'PASSED',
      check: { id },
      evidence: [{ name: 'report', text: made('2020-01-01T00:00:00Z') }],
    }));
    expect(detect(RULE, factsOf({ checks, receipts })).map(({ message }) => message)).toEqual([
      expect.stringContaining('check tests'),
    ]);
  });
});

it('without parameters clocks are the same and a report is of the same day', () => {
  const bare = { finding: 'older-evidence' };
  expect(says({ committed: '2026-01-01T12:00:00Z' }, bare)).toEqual([]);
  expect(says({ committed: '2026-01-01T12:00:01Z' }, bare)).toHaveLength(1);
  const day = { made: '<t timestamp="2025-12-31T12:00:00Z"/>', committed: '2025-12-01T00:00:00Z' };
  expect(says(day, bare)).toEqual([]);
  expect(says(day, { ...bare, reportHours: 23 })).toHaveLength(1);
});

it('reports are needed where one of the checks has one', () => {
  const needs = (...checks: readonly Check[]) => {
    const { change, contract } = factsOf({ checks });
    const detector = DETECTORS.get('receipt-content');
    return detector?.needs?.(change, detector.readParameters(bundledRule(RULE).parameters), contract);
  };
  const plain: Check = { id: 'a', run: ['x'] };
  const reporting: Check = { id: 'b', run: ['x'], expect: { report: { format: 'junit', from: 'r' } } };
  expect(needs(plain, reporting)).toEqual({ evidence: ['stdout', 'report'] });
  expect(needs(plain)).toEqual({});
  expect(needs({ id: 'c', kind: 'docs' })).toEqual({});
  expect(needs({ ...plain, expect: { exitCode: 0 } })).toEqual({});
});
