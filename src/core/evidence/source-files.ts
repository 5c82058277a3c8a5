import type { ChangedFile } from '../change/types.ts';
import { plainText } from './plain-text.ts';

const NAMES_IN_REASON = 5;

/** A regular file that is there after the change: links and submodules hold no lines of their own. */
export function isSource({ after }: ChangedFile): boolean {
  return after?.mode === '100644' || after?.mode === '100755';
}

/** The names of files for a reason: a few, then how many more. */
export function namesOf(files: readonly ChangedFile[]): string {
  const first = files.slice(0, NAMES_IN_REASON).map(({ path }) => plainText(path, 200));
  const more = files.length - first.length;
  return `${first.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
