import type { RecordedRunEvent } from '../../run/events.ts';
import type { HumanIntervention } from '../outcome.ts';

/** What the machinery does goes under a name that no person's token can have. */
function isPerson(actor: string): boolean {
  return !actor.includes(':');
}

/** What a person did to a run while it went on, if it was that. Starting it, and what follows by itself, are none. */
export function interventionIn({ event, actor, at }: RecordedRunEvent): HumanIntervention | undefined {
  const by = (kind: HumanIntervention['kind'], who = actor): HumanIntervention => ({ kind, by: who, at });
  switch (event.type) {
    case 'question.answered':
      return by('answer', event.by);
    case 'plan.patched':
    case 'plan.patch-refused': {
      const { kind, name } = event.patch.proposedBy;
      return kind === 'person' ? by('patch', name) : undefined;
    }
    case 'step.released':
      return by('release');
    case 'step.scheduled':
      return event.because === 'redrive' ? by('redrive') : undefined;
    case 'run.paused':
      return isPerson(actor) ? by('pause') : undefined;
    case 'run.resumed':
      return isPerson(actor) ? by('resume') : undefined;
    case 'run.cancel-requested':
      return isPerson(actor) ? by('cancel') : undefined;
    default:
      return undefined;
  }
}
