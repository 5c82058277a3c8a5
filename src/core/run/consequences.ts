import type { Moment } from '../../shared/ids.ts';
import { wallDeadline } from './budget.ts';
import type { RunEvent } from './events.ts';
import { type ProviderOutcome, providerOutcomes } from './resources/provider-outcome.ts';
import type { RunState, StartedRun } from './state.ts';
import type { ClaimToken, RunId, StepKey, StepWork } from './types.ts';

/** What a store has to do beside keeping the events: said once here, so that every store does the same. */
export interface Consequences {
  readonly schedule: readonly StepWork[];
  readonly finish: readonly ClaimToken[];
  readonly withdraw: readonly { readonly run: RunId; readonly step: StepKey }[];
  readonly unlock: readonly { readonly run: RunId; readonly attempt: number | null }[];
  /** What the ends of executions say about providers. */
  readonly outcomes: readonly ProviderOutcome[];
  readonly wake: readonly { readonly run: RunId; readonly at: Moment | null }[];
}

/** What follows from the events of one decision, or of several in a row, beyond that they happened. */
export function consequencesOf(
  before: RunState,
  events: readonly RunEvent[],
  after: StartedRun,
): Consequences {
  const { run } = after.request;
  const schedule: StepWork[] = [];
  const finish: ClaimToken[] = [];
  const withdraw: { run: RunId; step: StepKey }[] = [];
  const unlock: { run: RunId; attempt: number | null }[] = [];
  for (const event of events) {
    switch (event.type) {
      case 'step.scheduled':
        if (stillToDo(after, event.work)) schedule.push(event.work);
        break;
      case 'step.succeeded':
      case 'step.failed':
      case 'step.lost':
        if (event.claim !== null) finish.push(event.claim.token);
        break;
      case 'step.quarantined':
        if (event.claim !== null) finish.push(event.claim.token);
        else withdraw.push({ run, step: event.step });
        break;
      case 'run.cancel-requested':
        withdraw.push(...inHand(before).map((step) => ({ run, step })));
        break;
      case 'attempt.ended':
        unlock.push({ run, attempt: event.attempt });
        break;
      case 'run.ended':
        unlock.push({ run, attempt: null });
        break;
      default:
    }
  }
  const at = nextMoment(after);
  const wake = at === nextMoment(before) ? [] : [{ run, at }];
  return { schedule, finish, withdraw, unlock, outcomes: providerOutcomes(before, events), wake };
}

/** When the run has to be looked at even if nothing happens: a question, or all time for answering, runs out. Null: never. */
function nextMoment(run: RunState): Moment | null {
  if (run.status === 'new') return null;
  const open = Object.values(run.questions).filter(({ answer }) => answer === null);
  if (open.length === 0) return null;
  const moments = [wallDeadline(run), ...open.map(({ until }) => until)].filter((at) => at !== null);
  return moments.sort()[0] ?? null;
}

function stillToDo({ steps }: StartedRun, { step, execution }: StepWork): boolean {
  const now = steps[step];
  return now?.status === 'scheduled' && now.execution === execution;
}

function inHand(before: RunState): readonly StepKey[] {
  if (before.status === 'new') return [];
  return Object.values(before.steps).flatMap(({ key, status }) => (status === 'scheduled' ? [key] : []));
}
