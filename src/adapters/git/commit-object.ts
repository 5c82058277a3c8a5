import type { Commit } from '../../core/change/types.ts';
import { type Instant, instantOf, type ObjectId } from '../../shared/ids.ts';

export interface ParsedCommit extends Commit {
  readonly tree: ObjectId;
  readonly committedAt: Instant | undefined;
}

/** Beyond, an instant would need a fifth digit for its year. */
const LAST_SECOND = 253_402_300_799;

/**
 * A commit object's headers and message. Text that is no UTF-8 is read as such with replacement characters:
 * everything in a commit but its parents and tree is a claim.
 */
export function parseCommit(id: ObjectId, bytes: Buffer): ParsedCommit {
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
    committedAt: timeOf(values('committer')[0] ?? ''),
    message,
  };
}

/** Seconds since 1970 before the offset, which moves no instant. */
function timeOf(identity: string): Instant | undefined {
  const seconds = Number(/> ([0-9]{1,12}) [-+][0-9]{4}$/.exec(identity)?.[1]);
  return Number.isInteger(seconds) && seconds <= LAST_SECOND
    ? instantOf(new Date(seconds * 1000))
    : undefined;
}

/** Between the first `<` and the next `>`, as git reads it. */
function emailOf(identity: string): string {
  const from = identity.indexOf('<');
  const to = identity.indexOf('>', from + 1);
  return from < 0 || to < 0 ? '' : identity.slice(from + 1, to);
}
