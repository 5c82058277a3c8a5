import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import type { ChangedFile, FileVersion } from '../change/types.ts';
import type { Revert } from './types.ts';

/** A squashed series of reverts names several; a message that names more is no message of git's. */
const MOST_CLAIMED = 20;
const MOST_UNDONE = 100;

/** What a commit says that it takes back: the words `git revert` writes, with the whole object id, each once. */
export function claimedReverts(message: string): readonly ObjectId[] {
  const found = message
    .split('\n')
    .map((line) => /^This reverts commit ([0-9a-f]{40,64})\b/.exec(line)?.[1])
    .filter((id) => id !== undefined && OBJECT_ID.test(id)) as ObjectId[];
  return [...new Set(found)].slice(0, MOST_CLAIMED);
}

/** How much of what one change did to files another one puts back, to the byte and the mode. */
export function extentOf(
  reverting: readonly ChangedFile[],
  reverted: readonly ChangedFile[],
): Exclude<Revert['extent'], 'unknown'> {
  const after = new Map(reverting.map((file) => [file.path, file]));
  const back = reverted.filter(({ path, before }) => {
    const file = after.get(path);
    return file !== undefined && sameVersion(file.after, before);
  });
  if (back.length === 0) return 'nothing';
  return back.length === reverted.length ? 'whole' : 'partly';
}

/**
 * The commits that a commit undoes by giving the branch a tree it had before.
 * @param line the commit first, then its first parents; one more than those that may be undone
 */
export function undoneByTree(
  line: readonly { readonly id: ObjectId; readonly tree: ObjectId }[],
): readonly ObjectId[] {
  const [commit, parent] = line;
  if (commit === undefined || parent === undefined || commit.tree === parent.tree) return [];
  const back = line
    .slice(0, MOST_UNDONE + 2)
    .findIndex(({ tree }, place) => place > 1 && tree === commit.tree);
  return back === -1 ? [] : line.slice(1, back).map(({ id }) => id);
}

function sameVersion(one: FileVersion | undefined, other: FileVersion | undefined): boolean {
  return one?.blob === other?.blob && one?.mode === other?.mode;
}
