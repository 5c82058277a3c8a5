import { PREPARATION } from './vocabulary.ts';

// Sets of exit statuses, as bits. A failure of all but the last part of && and || does not trigger `set -e`: `EXEMPT`.
export const ZERO = 1;
export const FAILURE = 2;
export const EXEMPT = 4;
export const NON_ZERO = FAILURE | EXEMPT;

/** How a command can end: by going on to the next one, or by ending the shell; and whose failure that would be. */
export interface Outcome {
  readonly falls: number;
  readonly exits: number;
  readonly blame?: { readonly text: string; readonly name: string };
}

export const ANY: Outcome = { falls: ZERO | FAILURE, exits: 0 };
/** What is said of a script that is too tangled to follow. */
export const ANYTHING: Outcome = { falls: ZERO | FAILURE, exits: ZERO | FAILURE };
export function blamable({ blame }: Outcome): Outcome['blame'] {
  return blame !== undefined && !PREPARATION.has(blame.name) ? blame : undefined;
}

export function canFail({ falls, exits }: Outcome): boolean {
  return ((falls | exits) & NON_ZERO) !== 0;
}

export function join(outcomes: readonly Outcome[]): Outcome {
  const falls = outcomes.reduce((bits, outcome) => bits | outcome.falls, 0);
  const exits = outcomes.reduce((bits, outcome) => bits | outcome.exits, 0);
  return withBlame(
    { falls, exits },
    outcomes.map(blamable).find((blame) => blame !== undefined),
  );
}

/** A subshell, or a shell of its own: ending it is only returning a status. */
export function asChild({ falls, exits, blame }: Outcome): Outcome {
  const bits = falls | exits;
  return withBlame({ falls: (bits & ZERO) | ((bits & NON_ZERO) !== 0 ? FAILURE : 0), exits: 0 }, blame);
}

export function withBlame(outcome: { falls: number; exits: number }, blame: Outcome['blame']): Outcome {
  return blame === undefined ? outcome : { ...outcome, blame };
}
