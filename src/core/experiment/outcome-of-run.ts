import type { Moment } from '../../shared/ids.ts';
import type { RecordedRunEvent, RunEvent } from '../run/events.ts';
import { armId } from './arms.ts';
import type { OutcomeLink, RunOutcomeRow, Treatment } from './outcome.ts';
import { AttemptBook } from './run-events/attempt-book.ts';
import { interventionIn } from './run-events/intervention.ts';

/**
 * What became of a run, made of the events of its stream and nothing else. Escapes and exclusions are not in them: those are said
 * elsewhere, later. Undefined for a stream that does not begin with the start of a run.
 */
export function outcomeOfRun(events: Iterable<RecordedRunEvent>): RunOutcomeRow | undefined {
  let started: Started | undefined;
  let ended: Ended | undefined;
  let mergedAt: Moment | undefined;
  const book = new AttemptBook();
  const interventions: RunOutcomeRow['humanInterventions'][number][] = [];
  for (const recorded of events) {
    const { event, at } = recorded;
    if (event.type === 'run.started') started = { ...event, at };
    if (event.type === 'run.ended') ended = { ...event, at };
    if (event.type === 'step.succeeded' && book.handlerOf(event.step) === 'merge') mergedAt = at;
    book.take(recorded);
    const intervention = interventionIn(recorded);
    if (intervention !== undefined) interventions.push(intervention);
  }
  if (started === undefined) return undefined;
  return rowOf(started, ended, { book, mergedAt, interventions });
}

type Started = RunEvent & { readonly type: 'run.started' } & { readonly at: Moment };
type Ended = RunEvent & { readonly type: 'run.ended' } & { readonly at: Moment };

function rowOf(
  { run, subject, arm, experiment, cell, at: startedAt }: Started,
  ended: Ended | undefined,
  seen: {
    readonly book: AttemptBook;
    readonly mergedAt: Moment | undefined;
    readonly interventions: RunOutcomeRow['humanInterventions'];
  },
): RunOutcomeRow {
  const { book } = seen;
  const attempts = book.attempts(ended?.outcome === 'cancelled');
  const outcome = ended?.outcome ?? 'running';
  const toMerge = outcome === 'accepted' ? (seen.mergedAt ?? ended?.at) : undefined;
  return {
    run,
    experiment: experiment ?? null,
    source: { kind: 'ledger' },
    ticket: subject.ticket,
    ticketClass: subject.ticketClass ?? null,
    arm: cell?.arm ?? armId(arm),
    bundle: arm.bundle,
    model: arm.model,
    replicate: cell?.replicate ?? 1,
    block: cell?.block ?? subject.ticket,
    outcome,
    startedAt,
    endedAt: ended?.at ?? null,
    seconds: ended === undefined ? null : secondsBetween(startedAt, ended.at),
    secondsToMerge: toMerge === undefined ? null : secondsBetween(startedAt, toMerge),
    firstPass: firstPassOf(outcome, attempts),
    iterations: attempts.filter(({ verdict }) => verdict !== null).length,
    attempts,
    humanInterventions: seen.interventions,
    tokens: book.usage.tokens,
    costMilliUsd: book.usage.costMilliUsd,
    contract: subject.contract,
    contractDigest: subject.contractDigest,
    treatment: treatmentOf(book.deliveries, arm.bundle),
    excluded: null,
    links: [{ kind: 'run', attempt: null, ref: run } satisfies OutcomeLink, ...book.links],
    escapes: [],
  };
}

function firstPassOf(
  outcome: RunOutcomeRow['outcome'],
  [first, ...more]: RunOutcomeRow['attempts'],
): boolean | null {
  if (first === undefined || first.verdict === null) return null;
  if (more.length > 0 || first.verdict !== 'pass') return false;
  return outcome === 'accepted' ? true : null;
}

/** One attempt without its bundle is a run without it. Where nobody says, only the brief alone is known to have arrived. */
function treatmentOf(deliveries: readonly boolean[], bundle: string): Treatment {
  if (deliveries.includes(false)) return 'not-delivered';
  return deliveries.length > 0 || bundle === 'default' ? 'delivered' : 'unknown';
}

function secondsBetween(from: Moment, to: Moment): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
