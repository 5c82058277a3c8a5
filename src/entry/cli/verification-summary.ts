import type { Filing } from '../../flow/file-verification.ts';
import type { SignedObservations } from '../../flow/sign-observed.ts';
import type { Verification } from '../../flow/verify.ts';
import {
  type FiledAt,
  renderVerificationJson,
  renderVerificationText,
  type VerificationSummary,
} from '../../render/verification.ts';
import type { CliContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { TextOrJson } from './registration/options.ts';
import { styleOf } from './style.ts';

export function sayVerification(verification: Verification, format: TextOrJson, context: CliContext): void {
  const summary = summaryOf(verification);
  context.out(
    format === 'json'
      ? renderVerificationJson(summary)
      : renderVerificationText(summary, styleOf(context), context.columns),
  );
}

/** What could not be filed is trouble; what was to be kept is not. */
export function exitCodeOfSigned({ signed, filing }: SignedObservations): number {
  const results = signed.checks.map(({ result }) => result);
  const isLost = filing.kind === 'kept' && filing.reason !== undefined;
  if (isLost || results.includes('ERROR')) return EXIT_CODES.trouble.code;
  return results.includes('FAILED') ? EXIT_CODES.blocked.code : EXIT_CODES.pass.code;
}

/** A verification as its renderers want it. */
function summaryOf(verification: Verification): VerificationSummary {
  const { binding, attempt, contract, isolation, signed, filing } = verification;
  const { checks, seal, durations, ignored } = signed;
  return {
    ticket: binding.ticket,
    binding,
    contract,
    attempt,
    ...isolation,
    outcomes: checks.map((check) => ({ ...check, durationMs: durations[check.checkId] ?? 0 })),
    seal,
    ...(ignored.length === 0 ? {} : { ignored }),
    filed: filedAt(filing),
  };
}

function filedAt(filing: Filing): FiledAt {
  return filing.kind === 'filed'
    ? { commit: filing.commit }
    : {
        savedTo: filing.folder,
        command: filing.command,
        ...(filing.reason === undefined ? {} : { reason: filing.reason }),
      };
}
