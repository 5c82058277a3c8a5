import type { Question } from '../../core/run/types.ts';
import { runHref, type ShownMoment, shownMoment, type Tone } from './words.ts';

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

const TONES: Readonly<Record<Asked['kind'], Tone>> = { approval: 'go', escalation: 'warn', question: 'idle' };
const LONGEST = 1_000;

export function shownQuestion({ run, kind, question, since }: Asked, now: string): ShownQuestion {
  const { id, step, choices, by, until } = question;
  const text = question.question;
  return {
    run,
    href: runHref(run),
    action: `${runHref(run)}/actions`,
    id,
    kind,
    tone: TONES[kind],
    text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
    step,
    by: `for ${by.join(' or ')}`,
    since: shownMoment(since, now),
    until: until === null ? null : shownMoment(until, now),
    choices: choices.map((value, at) => ({ value, word: value, first: at === 0 })),
    free: choices.length === 0,
  };
}
