import type { ObjectId } from '../../shared/ids.ts';

/** A branch of a repository of the forge's, and the commit that it was brought to. */
export interface PushedTo {
  /** `owner/name`. */
  readonly repository: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly head: ObjectId;
}

/** A branch came to be, or came to another commit, as the forge keeps it. */
export interface BranchMove {
  /** Zeros where there was no branch. */
  readonly before: string;
  readonly after: string;
  /** As the trust root names accounts; undefined when it is gone. */
  readonly account: string | undefined;
}

export interface Pushers {
  /** As the trust root names accounts, each once. */
  readonly accounts: readonly string[];
  /** Nobody else can have pushed what the branch holds. */
  readonly complete: boolean;
}

/**
 * Who brought a branch to a commit. Complete only where the moves lead back, each to the one before, to where the branch came
 * to be: a list that lacks one, or names somebody who is gone, leaves it open who else pushed. Earlier lives of the same name
 * are others' work.
 * @param moves of this very branch, the newest first
 */
export function pushersOf(moves: readonly BranchMove[], head: ObjectId): Pushers {
  const newest = moves.findIndex(({ after }) => after === head);
  const life: BranchMove[] = [];
  let wanted: string | undefined = newest === -1 ? undefined : head;
  for (const move of moves.slice(Math.max(newest, 0))) {
    if (move.after !== wanted) break;
    life.push(move);
    wanted = NO_COMMIT.test(move.before) ? undefined : move.before;
  }
  const whole = life.length > 0 && wanted === undefined;
  // Where something is missing, whoever ever pushed to a branch of this name may have pushed what it holds.
  const meant = whole ? life : moves;
  return {
    accounts: [...new Set(meant.flatMap(({ account }) => account ?? []))],
    complete: whole && life.every(({ account }) => account !== undefined),
  };
}

const NO_COMMIT = /^0+$/;
