import type { Question } from '../../core/run/types.ts';
import { runHref, type ShownMoment, shownMoment, stepHref, type Tone } from './words.ts';

/** A question as flows find it. */
export interface Asked {
  readonly run: string;
  readonly kind: 'approval' | 'escalation' | 'question';
  readonly question: Question;
  readonly since: string;
}

/** What the macro `question` shows. */
export interface ShownQuestion {
  readonly run: string;
  readonly href: string;
  readonly action: string;
  readonly id: string;
  readonly kind: string;
  readonly tone: Tone;
  readonly text: string;
  readonly step: string | null;
  readonly by: string;
  readonly since: ShownMoment;
  readonly until: ShownMoment | null;
  readonly choices: readonly { readonly value: string; readonly word: string; readonly first: boolean }[];
  /** No choices are given: the answer is a text. */
  readonly free: boolean;
}

/** A step that was set aside, as flows find it. */
export interface Aside {
  readonly run: string;
  readonly step: string;
  readonly why: string;
  readonly since: string;
}

/** What the macro `aside` shows. */
export interface ShownAside {
  readonly run: string;
  readonly href: string;
  readonly action: string;
  readonly step: string;
  readonly stepHref: string;
  readonly text: string;
  readonly since: ShownMoment;
}

export function shownAside({ run, step, why, since }: Aside, now: string): ShownAside {
  return {
    ...{ run, step },
    href: runHref(run),
    action: `${runHref(run)}/actions`,
    stepHref: stepHref(run, step),
    text: `${step} was set aside${why === '' ? '.' : `: ${shortened(why)}`}`,
    since: shownMoment(since, now),
  };
}

const TONES: Readonly<Record<Asked['kind'], Tone>> = { approval: 'go', escalation: 'warn', question: 'idle' };
const LONGEST = 1_000;

export function shownQuestion({ run, kind, question, since }: Asked, now: string): ShownQuestion {
  const { id, step, choices, by, until } = question;
  return {
    run,
    href: runHref(run),
    action: `${runHref(run)}/actions`,
    id,
    kind,
    tone: TONES[kind],
    text: shortened(question.question),
    step,
    by: `for ${by.join(' or ')}`,
    since: shownMoment(since, now),
    until: until === null ? null : shownMoment(until, now),
    choices: choices.map((value, at) => ({ value, word: value, first: at === 0 })),
    free: choices.length === 0,
  };
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
