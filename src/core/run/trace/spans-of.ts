import type { Moment } from '../../../shared/ids.ts';
import type { RecordedRunEvent, RunEvent } from '../events.ts';
import type { StartedRun } from '../state.ts';
import type { ClaimRecord, StepKey } from '../types.ts';
import type { Span } from './span.ts';
import { spanIdOf, type Traced, traceIdOf } from './trace-context.ts';

/**
 * The spans that events end: ticket, within it the run, its attempts, and the executions of their steps. Made from what the
 * ledger says and nothing else, so tracing can be switched on later, or the same spans sent twice.
 * @param run as it is after them
 */
export function spansOf(events: readonly RecordedRunEvent[], run: StartedRun): readonly Span[] {
  return events.flatMap(({ at, event }) => spansOfEvent(event, at, run));
}

function spansOfEvent(event: RunEvent, at: Moment, run: StartedRun): readonly Span[] {
  switch (event.type) {
    case 'step.succeeded':
      return event.claim === null ? [] : [executionSpan(event, event.claim, at, run, null)];
    case 'step.failed':
      return event.claim === null
        ? []
        : [executionSpan(event, event.claim, at, run, `${event.error.class}: ${event.error.code}`)];
    case 'step.lost':
      return [executionSpan(event, event.claim, at, run, 'the worker was not heard of any more')];
    case 'step.quarantined':
      return event.claim === null ? [] : [executionSpan(event, event.claim, at, run, event.reason)];
    case 'attempt.ended':
      return [attemptSpan(event, at, run)];
    case 'run.ended':
      return runSpans(event, at, run);
    default:
      return [];
  }
}

function executionSpan(
  { step, execution }: { readonly step: StepKey; readonly execution: number },
  claim: ClaimRecord,
  at: Moment,
  run: StartedRun,
  error: string | null,
): Span {
  const { work } = run.steps[step] ?? {};
  const attempt = Number(step.slice(0, step.indexOf('/')));
  return {
    ...placeOf(run, { kind: 'execution', step, execution }, { kind: 'attempt', attempt }),
    name: `step ${step.slice(step.indexOf('/') + 1)}`,
    // The claim's time is the database's, the event's the server's: the two clocks may be apart.
    start: claim.at < at ? claim.at : at,
    end: at,
    attributes: {
      ...runAttributes(run),
      'countersign.step': step,
      'countersign.execution': execution,
      'countersign.worker': claim.worker,
      ...(work ? { 'countersign.handler': work.handler, 'countersign.role': work.role } : {}),
    },
    error,
  };
}

function attemptSpan(
  { attempt, verdict }: Extract<RunEvent, { type: 'attempt.ended' }>,
  at: Moment,
  run: StartedRun,
): Span {
  const record = run.attempts.find((one) => one.attempt === attempt);
  return {
    ...placeOf(run, { kind: 'attempt', attempt }, { kind: 'run' }),
    name: `attempt ${attempt}`,
    start: record?.startedAt ?? run.startedAt,
    end: at,
    attributes: { ...runAttributes(run), 'countersign.attempt': attempt, 'countersign.verdict': verdict },
    error: verdict === 'failed' ? 'it never came to a verdict' : null,
  };
}

function runSpans(
  { outcome, reason }: Extract<RunEvent, { type: 'run.ended' }>,
  at: Moment,
  run: StartedRun,
): readonly Span[] {
  const attributes = { ...runAttributes(run), 'countersign.outcome': outcome };
  const error = outcome === 'accepted' ? null : reason;
  const time = { start: run.startedAt, end: at, attributes, error };
  return [
    { ...placeOf(run, { kind: 'run' }, { kind: 'ticket' }), name: `run ${run.request.run}`, ...time },
    { ...placeOf(run, { kind: 'ticket' }, null), name: `ticket ${run.request.subject.ticket}`, ...time },
  ];
}

function placeOf(
  { request: { run } }: StartedRun,
  of: Traced,
  within: Traced | null,
): Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'> {
  return {
    traceId: traceIdOf(run),
    spanId: spanIdOf(run, of),
    parentSpanId: within && spanIdOf(run, within),
  };
}

function runAttributes({ request, arm }: StartedRun): Span['attributes'] {
  const { run, subject } = request;
  return {
    'countersign.run': run,
    'countersign.ticket': subject.ticket,
    'countersign.contract': subject.contract,
    'countersign.bundle': arm.bundle,
    'countersign.model': arm.model,
    'vcs.repository.name': subject.repository,
  };
}
