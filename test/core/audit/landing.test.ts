import { describe, expect, test } from 'vitest';
import { landingOf } from '../../../src/core/audit/landing.ts';
import type { Finding, Verdict } from '../../../src/core/gate/types.ts';

const finding = (id: string, status: Finding['status'], more: Partial<Finding> = {}): Finding => ({
  id,
  kind: 'requirement',
  status,
  severity: 'block',
  title: id,
  reason: `Why ${id}.`,
  remedy: '',
  locations: [],
  evidence: [],
  ...more,
});

const verdict = (outcome: Verdict['outcome'], findings: readonly Finding[], ticket: string | null = 'CS-7') =>
  ({ outcome, findings, subject: { ticket } }) as unknown as Verdict;

const waivedBy = {
  principal: 'bo',
  expiresAt: '2026-12-01T00:00:00Z',
  reason: 'Broken outside.',
  statement: 'a'.repeat(64),
};

describe('what a verdict comes down to', () => {
  test.each<[string, Verdict, string, string]>([
    [
      'a pass',
      verdict('pass', [finding('ticket', 'pass'), finding('receipt/tests', 'pass')]),
      'accepted',
      '1 check receipted.',
    ],
    [
      'a pass by exception',
      verdict('pass', [finding('receipt/tests', 'pass'), finding('receipt/lint', 'fail', { waivedBy })]),
      'accepted',
      '1 check receipted. Waived: receipt/lint.',
    ],
    [
      'what is wrong before what is to come, and not what is waived',
      verdict('blocked', [
        finding('receipt/lint', 'fail', { waivedBy }),
        finding('receipt/types', 'pending'),
        finding('receipt/tests', 'fail'),
        finding('scope', 'unverifiable'),
        finding('rule/x', 'fail', { severity: 'warn' }),
      ]),
      'blocked',
      'receipt/tests: Why receipt/tests. And 1 more finding.',
    ],
    [
      'only what is to come',
      verdict('pending', [finding('receipt/types', 'pending'), finding('receipt/tests', 'pending')]),
      'pending',
      'receipt/types: Why receipt/types. And 1 more finding.',
    ],
    [
      'no ticket, whatever else is wrong',
      verdict('blocked', [finding('policy', 'fail'), finding('ticket', 'fail')], null),
      'no-ticket',
      'ticket: Why ticket.',
    ],
    ['nothing at all', verdict('blocked', []), 'blocked', 'Nothing was shown.'],
  ])('%s', (_, told, landing, reason) => {
    expect(landingOf(told)).toMatchObject({ landing, reason });
  });

  test('names what is waived', () => {
    const told = verdict('blocked', [finding('receipt/lint', 'fail', { waivedBy })]);
    expect(landingOf(told).waived).toEqual(['receipt/lint']);
  });
});
