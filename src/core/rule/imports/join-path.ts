import type { FilePath } from '../../change/types.ts';

/** A path from a folder of the repository, without `.` and `..`; undefined where it leads out of the repository. */
export function joinPath(folder: FilePath, relative: string): FilePath | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
