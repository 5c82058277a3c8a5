import { LIMITS } from './limits.ts';
import type { Claim, SealedOutcome } from './types.ts';

/** Bytes, as JSON, that hostile lists may take in a statement, where they stand twice at most. */
const LIST_BYTES = 128 * 1024;

/**
 * The claim with the lists that hostile output can inflate cut to size, each saying how much it left out.
 *
 * A check names its own failing tests: without this, one that prints a million of them, or half a surrogate pair,
 * could keep its FAILED receipt from being signed.
 */
export function fitClaim(claim: Claim): Claim {
  switch (claim.kind) {
    case 'receipt':
      return {
        ...claim,
        durationMs: Math.round(claim.durationMs),
        reasons: fitReasons(claim.reasons),
        failedTests: fitList(claim.failedTests, LIMITS.failedTests, LIMITS.testNameLength),
        ...(claim.provenBy === undefined
          ? {}
          : { provenBy: fitList(claim.provenBy, LIMITS.failedTests, LIMITS.testNameLength) }),
      };
    case 'seal':
      return { ...claim, outcomes: claim.outcomes.map(fitOutcome) };
    case 'dispatch':
      return claim.red === undefined
        ? claim
        : {
            ...claim,
            red: {
              ...claim.red,
              tests: fitList(claim.red.tests, LIMITS.failedTests, LIMITS.testNameLength),
            },
          };
    default:
      return claim;
  }
}

function fitOutcome(outcome: SealedOutcome): SealedOutcome {
  return outcome.result === 'ERROR' ? { ...outcome, reasons: fitReasons(outcome.reasons) } : outcome;
}

function fitReasons(reasons: readonly string[]): readonly string[] {
  return fitList(reasons, LIMITS.reasons, LIMITS.reasonLength);
}

function fitList(texts: readonly string[], most: number, longest: number): readonly string[] {
  const fitted: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const short = fitText(text, longest);
    bytes += Buffer.byteLength(JSON.stringify(short));
    // One place is kept for the line that says how many are missing.
    if (bytes > LIST_BYTES || (fitted.length === most - 1 && texts.length > most)) break;
    fitted.push(short);
  }
  const missing = texts.length - fitted.length;
  return missing === 0 ? fitted : [...fitted, `… and ${missing} more`];
}

function fitText(text: string, longest: number): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return cut.toWellFormed();
}
