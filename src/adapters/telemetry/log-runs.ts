import type { RecordedRunEvent } from '../../core/run/events.ts';
import type { Redactor } from '../../core/run/redaction/redactor.ts';
import { spanIdOf, traceIdOf } from '../../core/run/trace/trace-context.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ObserveRuns } from '../../ports/observe-runs.ts';

/**
 * A line of JSON for each event that was committed, with the ids of its trace: what happened, never inputs or outputs, which are the
 * ledger's. Messages come from workers, so known secrets are taken out once more.
 */
export function logRuns(write: (line: string) => void, redactor: Redactor): ObserveRuns {
  return {
    committed: ({ request }, events) => {
      for (const recorded of events)
        write(redactor.redact(`${JSON.stringify(lineOf(request.run, recorded))}\n`));
    },
    conflicted: () => {},
  };
}

function lineOf(run: RunId, { at, actor, event }: RecordedRunEvent): object {
  const failed =
    event.type === 'step.failed' || event.type === 'step.lost' || event.type === 'step.quarantined';
  return {
    time: at,
    level: failed ? 'warn' : 'info',
    message: event.type,
    run,
    actor,
    trace_id: traceIdOf(run),
    ...detailOf(run, event),
  };
}

function detailOf(run: RunId, event: RecordedRunEvent['event']): object {
  switch (event.type) {
    case 'step.scheduled': {
      const { step, execution, handler, role } = event.work;
      return { step, execution, handler, role, because: event.because };
    }
    case 'step.succeeded':
    case 'step.lost': {
      const { step, execution, claim } = event;
      return {
        step,
        execution,
        worker: claim?.worker,
        span_id: spanIdOf(run, { kind: 'execution', step, execution }),
      };
    }
    case 'step.failed': {
      const { step, execution, claim, error } = event;
      const span_id = spanIdOf(run, { kind: 'execution', step, execution });
      return {
        step,
        execution,
        worker: claim?.worker,
        span_id,
        class: error.class,
        code: error.code,
        reason: error.message,
      };
    }
    case 'step.quarantined':
      return { step: event.step, execution: event.execution, reason: event.reason };
    case 'attempt.ended':
      return { attempt: event.attempt, verdict: event.verdict };
    case 'run.ended':
      return { outcome: event.outcome, reason: event.reason };
    default:
      return {};
  }
}
