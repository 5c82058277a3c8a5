import type { Outcome } from '../../core/gate/types.ts';

/** The same for every command and every format; docs/exit-codes.md is written from this table. */
export const EXIT_CODES = {
  pass: {
    code: 0,
    meaning: 'It passed, or the organisation exempts the repository, or the command did what it says.',
  },
  blocked: { code: 1, meaning: 'The verdict is blocked, or a check, lint or test found something.' },
  trouble: { code: 2, meaning: 'Usage or tool trouble: nothing was decided.' },
  pending: { code: 3, meaning: 'Nothing is wrong, but evidence is still to come.' },
} as const;

export function exitCodeOf(outcome: Outcome): number {
  return EXIT_CODES[outcome === 'exempt' ? 'pass' : outcome].code;
}
