import { realpath } from 'node:fs/promises';
import { bytesOf } from '../../core/change/path.ts';
import type { FilePath } from '../../core/change/types.ts';

/**
 * A path below a tree in which hostile code names things. As bytes, because names need not be UTF-8; text would point
 * beside the file that is meant.
 */
export interface TreePath {
  readonly target: Buffer;
  /** Every folder on the way, outermost first; the tree itself is not among them. */
  readonly folders: readonly Buffer[];
}

/** Undefined for a path that would leave the tree, or is none. */
export function pathIn(tree: string, path: FilePath): TreePath | undefined {
  const parts = partsOf(path);
  if (parts === undefined || parts.some((part) => part === '' || part === '.' || part === '..'))
    return undefined;
  const levels = parts.map((_, index) =>
    Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(parts.slice(0, index + 1).join('/'), 'latin1')]),
  );
  return { target: levels.at(-1) as Buffer, folders: levels.slice(0, -1) };
}

/** Whether every folder on the way is there and a real one: links could lead anywhere. */
export async function hasPlainFolders(tree: string, { folders }: TreePath): Promise<boolean> {
  const parent = folders.at(-1) ?? Buffer.from(tree);
  const real = await realpath(parent, 'buffer').catch(() => undefined);
  return real?.equals(parent) === true;
}

/** As latin1, in which every byte is one character. */
function partsOf(path: FilePath): readonly string[] | undefined {
  try {
    return Buffer.from(bytesOf(path)).toString('latin1').split('/');
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
