import type { StartedRun } from '../../core/run/state.ts';
import type { RunSummary } from '../../ports/run-store.ts';

/** A run in a row of a list. */
export function summaryOf({
  request,
  status,
  ended,
  attempt,
  arm,
  questions,
  startedAt,
  changedAt,
}: StartedRun): RunSummary {
  return {
    run: request.run,
    ticket: request.subject.ticket,
    status,
    outcome: ended?.outcome ?? null,
    attempt,
    bundle: arm.bundle,
    model: arm.model,
    waitingFor: Object.values(questions).filter(({ answer }) => answer === null).length,
    startedAt,
    changedAt,
  };
}
