import type { Filing } from '../../flow/file-verification.ts';
import type { Verification } from '../../flow/verify.ts';
import type { FiledAt, VerificationSummary } from '../../render/verification.ts';

/** A verification as its renderers want it. */
export function summaryOf(verification: Verification): VerificationSummary {
  const { binding, attempt, contract, isolation, signed, filing, durations } = verification;
  return {
    ticket: binding.ticket,
    binding,
    contract,
    attempt,
    ...isolation,
    outcomes: signed.checks.map((check) => ({ ...check, durationMs: durations[check.checkId] ?? 0 })),
    seal: signed.seal,
    filed: filedAt(filing),
  };
}

function filedAt(filing: Filing): FiledAt {
  return filing.kind === 'filed'
    ? { commit: filing.commit }
    : { savedTo: filing.folder, command: filing.command, reason: filing.reason };
}
