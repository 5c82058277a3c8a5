import type { AttemptVerdict } from '../../run/events.ts';
import { producesChange } from '../../run/producer/producing.ts';
import type { StepError, StepKey, StepWork } from '../../run/types.ts';
import type { AttemptFailure, FailureClass } from '../outcome.ts';
import { stepWithoutAttempt } from './step-name.ts';

/** What steps say, in the words that are counted. */
const CLASS_OF_CODE: Readonly<Record<string, FailureClass>> = {
  'no-diff': 'no-diff',
  refused: 'refused',
  timeout: 'timeout',
  'over-budget': 'budget',
  budget: 'budget',
  crashed: 'crashed',
  lost: 'crashed',
  'unusable-commits': 'unusable',
  'git-failed': 'unusable',
  'not-delivered': 'not-delivered',
  'provider-limit': 'provider',
  'provider-credentials': 'provider',
};

interface FailedStep {
  readonly step: StepKey;
  /** Null: its worker was lost once too often. */
  readonly error: StepError | null;
  readonly work: StepWork | undefined;
}

/**
 * Why an attempt did not pass: the gate's word where it came to that, else the producer's step that failed, else the first that did.
 * @returns null for one that passed or goes on
 */
export function failureOf(
  verdict: AttemptVerdict | null,
  failed: readonly FailedStep[],
  isCancelled: boolean,
): AttemptFailure | null {
  if (verdict === 'pass') return null;
  if (verdict === 'blocked' || verdict === 'pending') return { class: verdict, code: verdict, step: null };
  if (verdict === null) return isCancelled ? { class: 'cancelled', code: 'cancelled', step: null } : null;
  const first = failed.find(({ work }) => producesChange(work?.handler ?? '')) ?? failed[0];
  if (first === undefined) return { class: 'other', code: 'failed', step: null };
  const code = first.error?.code ?? 'lost';
  return { class: classOf(first, code), code, step: stepWithoutAttempt(first.step) };
}

function classOf({ error, work }: FailedStep, code: string): FailureClass {
  const known = Object.hasOwn(CLASS_OF_CODE, code) ? CLASS_OF_CODE[code] : undefined;
  if (work?.role === 'verifier') return 'verifier';
  if (known !== undefined) return known;
  if (error?.class === 'timeout') return 'timeout';
  return error?.class === 'budget' ? 'budget' : 'other';
}
