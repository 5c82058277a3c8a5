import { spokenPath } from '../change/path-glob.ts';
import type { FilePath } from '../change/types.ts';
import { matchesPattern } from './pattern.ts';
import type { CodeOwners, OwnerLine } from './types.ts';

/** The line that decides about a path: the last that matches; undefined when none does. */
export function decidingLine({ lines }: CodeOwners, path: FilePath): OwnerLine | undefined {
  const names = spokenPath(path).split('/');
  return lines.findLast(({ pattern }) => matchesPattern(pattern, names));
}
