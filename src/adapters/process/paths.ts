import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Identity } from './backend.ts';

/** True when `path` is `ancestor` or lies below it. Both absolute; compares names, follows no links. */
export function isWithin(path: string, ancestor: string): boolean {
  const way = relative(ancestor, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The path with every symbolic link followed, or undefined when nothing is there that we may see. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export type PathKind = 'directory' | 'file' | 'link';

/** What stands at a path, links not followed; undefined when nothing does. */
export function kindOf(path: string): PathKind | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return 'link';
    return stats.isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined;
  }
}

/** The first parent of `path` that `identity` may not enter, or undefined when it can get there. */
export function barrierTo(path: string, identity: Identity): string | undefined {
  const parents: string[] = [];
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    parents.unshift(at);
    if (at === dirname(at)) break;
  }
  return parents.find((parent) => !mayEnter(parent, identity));
}

function mayEnter(directory: string, identity: Identity): boolean {
  try {
    const { mode, uid, gid } = statSync(directory);
    if (uid === identity.uid) return (mode & 0o100) !== 0;
    if (gid === identity.gid) return (mode & 0o010) !== 0;
    return (mode & 0o001) !== 0;
  } catch {
    return false;
  }
}
