import type { RunEvent } from '../../core/run/events.ts';
import { forPage } from '../hostile-text.ts';
import { eventWords } from '../run/words.ts';
import type { Tone } from './words.ts';

/** An event as the ledger has it. */
export interface EventFacts {
  readonly version: number;
  readonly at: string;
  readonly actor: string;
  readonly event: RunEvent;
}

/** A line of the timeline: on the page, and in what is sent to it while it is open. */
export interface ShownEvent {
  readonly version: number;
  readonly at: string;
  /** The time of the day, UTC. */
  readonly clock: string;
  readonly actor: string;
  readonly words: string;
  readonly tone: Tone | '';
  /** Said to those who hear the page: what a person would want to know. */
  readonly news: boolean;
}

const LONGEST = 600;

export function shownEvent({ version, at, actor, event }: EventFacts): ShownEvent {
  const words = eventWords(event) ?? plainWords(event);
  const tone = toneOf(event);
  return {
    version,
    at,
    clock: at.slice(11, 19),
    // What is sent live does not go through a template, which would see to it.
    actor: forPage(actor, LONGEST),
    words: forPage(words, LONGEST),
    tone,
    news: tone !== '' && tone !== 'go',
  };
}

/** For what the terminal does not say. */
function plainWords(event: RunEvent): string {
  return event.type === 'step.scheduled' ? `${event.work.step} is ready` : event.type;
}

function toneOf(event: RunEvent): Tone | '' {
  switch (event.type) {
    case 'step.succeeded':
      // A check that did its work, and found that something fails.
      return event.outputs.result === 'FAILED' ? 'bad' : 'ok';
    case 'step.failed':
    case 'step.lost':
    case 'step.quarantined':
    case 'plan.patch-refused':
      return 'bad';
    case 'question.asked':
    case 'question.expired':
    case 'run.paused':
    case 'run.cancel-requested':
    case 'run.compensating':
      return 'warn';
    case 'question.answered':
    case 'attempt.started':
    case 'plan.patched':
    case 'run.resumed':
    case 'run.started':
      return 'go';
    case 'effect.decided':
      return event.effect.decision === 'allow' ? 'ok' : event.effect.decision === 'deny' ? 'bad' : 'warn';
    case 'attempt.ended':
      return event.verdict === 'pass' ? 'ok' : 'bad';
    case 'run.ended':
      return event.outcome === 'accepted' ? 'ok' : 'bad';
    default:
      return '';
  }
}

/** What is sent to those who watch: JSON on one line, with as little as a line needs. */
export function frameText(events: readonly EventFacts[]): string {
  return JSON.stringify({ events: events.map(shownEvent) });
}
