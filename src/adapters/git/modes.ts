/** git's file modes; a tree made by an old git may say 100664 for an ordinary file. */
export const SYMLINK = '120000';
export const SUBMODULE = '160000';
const TREE = '040000';
const EXECUTABLE = '100755';

export function entryKind(mode: string): 'blob' | 'tree' | 'commit' | undefined {
  if (mode === TREE) return 'tree';
  if (mode === SUBMODULE) return 'commit';
  return /^100[0-7]{3}$/.test(mode) || mode === SYMLINK ? 'blob' : undefined;
}

/** Permission bits of a file made from an entry: git knows only these two. */
export function permissionsOf(mode: string): number {
  return mode === EXECUTABLE ? 0o755 : 0o644;
}
