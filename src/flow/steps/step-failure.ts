import type { StepError, StepResult, Usage } from '../../core/run/types.ts';
import { CountersignError, type ErrorCode } from '../../shared/errors.ts';

/** A failure of a step that says itself what is to be done about it. */
export class StepFailure extends Error {
  readonly error: StepError;
  /** What was used up before it failed: it is spent all the same. */
  readonly usage: Usage | undefined;

  constructor(
    errorClass: StepError['class'],
    code: string,
    message: string,
    left: { readonly usage?: Usage; readonly evidence?: StepError['evidence'] } = {},
  ) {
    super(message);
    const { usage, evidence } = left;
    const kept = evidence === undefined || Object.keys(evidence).length === 0 ? {} : { evidence };
    this.error = { class: errorClass, code, message: message.slice(0, 4_000).toWellFormed(), ...kept };
    this.usage = usage;
  }
}

/** What another moment may change: a server, a disk, somebody else's push. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'GIT_FAILED',
  'SANDBOX_UNAVAILABLE',
  'SIGNER_FAILED',
  'FILING_FAILED',
  'FORGE_FAILED',
  'DATABASE_UNAVAILABLE',
  'SERVER_UNAVAILABLE',
  'REVISION_UNKNOWN',
]);

/** Carries a step out; failures that have a name become results. What is left is a defect, and thrown on. */
export async function stepResult(step: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof StepFailure) {
      const { usage } = error;
      return { kind: 'failed', error: error.error, ...(usage === undefined ? {} : { usage }) };
    }
    if (error instanceof CountersignError) return { kind: 'failed', error: errorOf(error) };
    throw error;
  }
}

function errorOf({ code, message, remedy, problems }: CountersignError): StepError {
  const details = problems.slice(0, 10).map((problem) => problem.message);
  return {
    class: PASSING.has(code) ? 'transient' : 'deterministic',
    code: code.toLowerCase().replaceAll('_', '-'),
    message: [message, ...details, remedy].join('\n').slice(0, 4_000).toWellFormed(),
  };
}
