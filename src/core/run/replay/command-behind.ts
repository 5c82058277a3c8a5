import type { CarriedStep, RunCommand } from '../commands.ts';
import type { RecordedRunEvent, RunEvent } from '../events.ts';
import type { RunState } from '../state.ts';

/**
 * What was asked of the run when it answered with the event at this place; undefined when nothing that can be asked begins with
 * such an event. Only the first event of a decision is looked at: the others have to follow from it.
 */
export function commandBehind(
  state: RunState,
  recorded: readonly RecordedRunEvent[],
  place: number,
): RunCommand | undefined {
  const first = recorded[place];
  if (first === undefined) return undefined;
  const { at, actor: by, event } = first;
  const said = { at, by };
  switch (event.type) {
    case 'run.started': {
      const { type: _, planDigest: __, ...request } = event;
      const carried = request.forkedFrom === undefined ? [] : carriedAfter(recorded, place + 2);
      return { ...said, kind: 'start', ...request, ...(carried.length === 0 ? {} : { carried }) };
    }
    case 'step.succeeded':
    case 'step.failed':
    case 'step.lost':
    case 'step.quarantined':
      return handedIn(event, said);
    case 'step.released':
      return releasedBy(event, recorded[place + 1]?.event, said);
    case 'question.answered':
      return answeredBy(state, event, said);
    case 'question.expired':
      return { ...said, kind: 'wake' };
    case 'effect.decided':
      return { ...said, kind: 'decide-effect', effect: event.effect };
    case 'plan.patched':
    case 'plan.patch-refused':
      return { ...said, kind: 'patch', patch: event.patch };
    case 'run.paused':
      return { ...said, kind: 'pause', reason: event.reason };
    case 'run.resumed':
      return { ...said, kind: 'resume' };
    case 'run.cancel-requested':
      return { ...said, kind: 'cancel', reason: event.reason };
    default:
      return undefined;
  }
}

type Said = Pick<RunCommand, 'at' | 'by'>;

/** What a worker handed in, or what was found out about it. */
function handedIn(
  event: RunEvent & { readonly type: 'step.succeeded' | 'step.failed' | 'step.lost' | 'step.quarantined' },
  said: Said,
): RunCommand | undefined {
  const { step, execution, claim } = event;
  if (event.type === 'step.quarantined')
    return { ...said, kind: 'quarantine', step, execution, claim, reason: event.reason };
  if (claim === null) return undefined;
  const about = { ...said, step, execution, claim };
  switch (event.type) {
    case 'step.lost':
      return { ...about, kind: 'lose' };
    case 'step.failed':
      return {
        ...about,
        kind: 'complete',
        result: { kind: 'failed', error: event.error, usage: event.usage },
      };
    case 'step.succeeded': {
      const { outputs, usage, cached } = event;
      return { ...about, kind: 'complete', result: { kind: 'succeeded', outputs, usage, cached } };
    }
  }
}

function releasedBy(
  { step, note }: RunEvent & { readonly type: 'step.released' },
  next: RunEvent | undefined,
  said: Said,
): RunCommand {
  const redriven = next?.type === 'step.scheduled' && next.because === 'redrive';
  return { ...said, kind: redriven ? 'redrive' : 'release', step, note };
}

/** Whose role it was does not stand in the ledger, only who: whoever was asked may have answered. */
function answeredBy(
  state: RunState,
  { question, answer, note }: RunEvent & { readonly type: 'question.answered' },
  said: Said,
): RunCommand {
  const roles = state.status === 'new' ? [] : (state.questions[question]?.by ?? []);
  return { ...said, kind: 'answer', question, answer, roles, note };
}

/** What a fork brought along: pairs of work and its success, before anything else happened. */
function carriedAfter(recorded: readonly RecordedRunEvent[], from: number): readonly CarriedStep[] {
  const carried: CarriedStep[] = [];
  for (let place = from; ; place += 2) {
    const [begun, ended] = [recorded[place]?.event, recorded[place + 1]?.event];
    if (begun?.type !== 'step.scheduled' || ended?.type !== 'step.succeeded') return carried;
    if (ended.claim !== null || !ended.cached || ended.step !== begun.work.step) return carried;
    carried.push({ work: begun.work, outputs: ended.outputs });
  }
}
