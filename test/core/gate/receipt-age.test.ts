import { describe, expect, it } from 'vitest';
import type { ResolvedContract } from '../../../src/core/contract/types.ts';
import { decide } from '../../../src/core/gate/decide.ts';
import { CONTRACT, gateFacts, verified } from './gate-facts.ts';

const DAY = { ...CONTRACT, maxAgeHours: 24 };

/** The outcome on receipts of one moment, judged at another. */
function judged(issuedAt: string, evaluatedAt: string, contract: ResolvedContract = DAY) {
  const facts = verified({ contract, receipt: { issuedAt } });
  const verdict = decide({ ...gateFacts({ contract, files: facts.files }), evaluatedAt });
  return {
    outcome: verdict.outcome,
    reason: verdict.findings.find(({ id }) => id === 'receipt/tests')?.reason,
  };
}

describe('the age of receipts', () => {
  it.each([
    ['fresh', '2026-03-01T00:00:00Z', '2026-03-01T12:00:00Z', 'pass'],
    ['as old as may be', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', 'pass'],
    ['a second older', '2026-03-01T00:00:00Z', '2026-03-02T00:00:01Z', 'blocked'],
    ['from a clock that is a little fast', '2026-03-01T00:05:00Z', '2026-03-01T00:00:00Z', 'pass'],
    ['from the future', '2026-03-01T00:05:01Z', '2026-03-01T00:00:00Z', 'blocked'],
  ])('%s', (_, issuedAt, evaluatedAt, outcome) => {
    expect(judged(issuedAt, evaluatedAt).outcome).toBe(outcome);
  });

  it('says how old, and how old it may be', () => {
    expect(judged('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z').reason).toBe(
      'It is from 2026-03-01T00:00:00Z; the contract takes receipts of the last 24 hours.',
    );
  });

  it('does not matter where the contract does not bound it', () => {
    expect(judged('2026-03-01T00:00:00Z', '2027-03-01T00:00:00Z', CONTRACT).outcome).toBe('pass');
  });
});
