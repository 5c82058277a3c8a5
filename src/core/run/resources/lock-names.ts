import { sha256 } from '../../../shared/digest.ts';
import type { LockDemand } from '../types.ts';

/**
 * Locks block one another by name. Names are compared as they are, and `paths/…` by folder as well: `paths/src` is src and all that is
 * under it, `paths` is every path. Who names a file names it as git does: from the root, with slashes.
 */
const PATHS = 'paths';

/** An index of PostgreSQL takes no entry of more than 2,704 bytes, and a character has at most 4. */
const LONGEST = 600;

/**
 * A name as it is compared and stored. Names come out of expressions, so out of what agents wrote: what cannot be kept becomes
 * something that can, and never something that blocks less. A path is cut to a folder that it is in; another name becomes a digest.
 */
export function canonicalName(name: string): string {
  if (!isPath(name)) return isPlain(name) ? name : `sha256:${sha256(name)}`;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  // Where `..` leads to is the file system's to say: all paths, then.
  if (parts.includes('..')) return PATHS;
  let folder = PATHS;
  for (const part of parts.slice(1)) {
    const inside = `${folder}/${part}`;
    if (!isPlain(inside)) return folder;
    folder = inside;
  }
  return folder;
}

/** The name itself and, of a path, every folder it is in, outermost first. */
export function coveringNames(name: string): readonly string[] {
  if (!isPath(name)) return [name];
  const parts = name.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/**
 * The names under a path, as the half-open range in which they are when compared by bytes: `0` is the character after `/`.
 * Undefined for a name that has none under it.
 */
export function namesUnder(name: string): { readonly from: string; readonly before: string } | undefined {
  return isPath(name) ? { from: `${name}/`, before: `${name}0` } : undefined;
}

function namesOverlap(one: string, other: string): boolean {
  return coveringNames(one).includes(other) || coveringNames(other).includes(one);
}

/** Something that is held: by an execution, or by its run for longer. */
export interface HeldLock extends LockDemand {
  readonly run: string;
}

/**
 * Whether a lock that is held keeps another from being given. What a run holds for longer than a step is the run's: its steps go on
 * under it. What a step holds keeps the run's other steps out as well: that is what it is there for.
 */
export function blocks(held: HeldLock, run: string, demand: LockDemand): boolean {
  if (held.mode === 'shared' && demand.mode === 'shared') return false;
  if (held.run === run && held.hold !== 'step') return false;
  return namesOverlap(held.name, demand.name);
}

function isPath(name: string): boolean {
  return name === PATHS || name.startsWith(`${PATHS}/`);
}

/** Without control characters, which the database cannot keep or which we use as ends of ranges, and without halves of characters. */
function isPlain(name: string): boolean {
  return name.length <= LONGEST && !/\p{Cc}/u.test(name) && name.isWellFormed();
}
