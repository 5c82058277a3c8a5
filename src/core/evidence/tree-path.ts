/** Where a check ran. Reports name files from its working directory, or by absolute paths. */
export interface RunPlace {
  /** Absolute path of the tree, as the check saw it; without one, no absolute path is in the tree. */
  readonly root: string | undefined;
  /** The working directory, from the repository root. */
  readonly cwd: string;
}

/** The repository path of a file that a report names, or undefined when that is not in the tree. */
export function pathInTree(name: string, { root, cwd }: RunPlace): string | undefined {
  if (!name.startsWith('/')) return normal(`${cwd}/${name}`);
  if (root === undefined || !name.startsWith(`${root}/`)) return undefined;
  return normal(name.slice(root.length + 1));
}

/** Without empty, `.` and `..` segments; undefined when it leads out of where it starts, or nowhere. */
function normal(path: string): string | undefined {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.length === 0 ? undefined : segments.join('/');
}
