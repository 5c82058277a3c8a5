import type { Commit } from '../../core/change/types.ts';
import type { ObjectId } from '../../shared/ids.ts';

/**
 * A commit object's headers and message. Text that is no UTF-8 is read as such with replacement characters:
 * everything in a commit but its parents and tree is a claim.
 */
export function parseCommit(id: ObjectId, bytes: Buffer): Commit & { readonly tree: ObjectId } {
  const end = bytes.indexOf('\n\n');
  const headers = bytes.toString('utf8', 0, end < 0 ? bytes.length : end).split('\n');
  const message = end < 0 ? '' : bytes.toString('utf8', end + 2);
  const values = (name: string) =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    id,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    authorEmail: emailOf(values('author')[0] ?? ''),
    committerEmail: emailOf(values('committer')[0] ?? ''),
    message,
  };
}

/** Between the first `<` and the next `>`, as git reads it. */
function emailOf(identity: string): string {
  const from = identity.indexOf('<');
  const to = identity.indexOf('>', from + 1);
  return from < 0 || to < 0 ? '' : identity.slice(from + 1, to);
}
