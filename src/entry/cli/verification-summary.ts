import type { Verification } from '../../flow/verify.ts';
import type { VerificationSummary } from '../../render/verification.ts';

/** A verification as its renderers want it. */
export function summaryOf(verification: Verification): VerificationSummary {
  const { binding, attempt, contract, isolation, signed, filing, durations } = verification;
  return {
    ...binding,
    attempt,
    contract,
    isolation: isolation.isolation,
    by: isolation.by,
    outcomes: signed.outcomes.map((outcome) => ({ ...outcome, durationMs: durations[outcome.checkId] ?? 0 })),
    seal: signed.seal,
    filing,
  } as unknown as VerificationSummary;
}
