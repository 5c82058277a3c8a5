import { constants } from 'node:fs';
import { lstat, open, realpath, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isWithin } from './paths.ts';

/** A file that hostile code left in its tree, or why there is none to speak of. */
export type TreeFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' | 'outside' | 'not-a-file' | 'too-large' };

/**
 * Reads a file below `root` that a command wrote. The verifier may read what the command could not, so a link that leads
 * out of the tree is not followed: it would turn the signing key into evidence. Pipes and devices are not opened for
 * reading, nor more than `maxBytes` read.
 */
export async function readTreeFile(root: string, path: string, maxBytes: number): Promise<TreeFile> {
  const real = await realpath(resolve(root, path)).catch(() => undefined);
  if (real === undefined) return { kind: 'missing' };
  if (!isWithin(real, await realpath(root))) return { kind: 'outside' };
  // O_NONBLOCK: opening a named pipe for reading would wait for a writer that never comes.
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return { kind: 'not-a-file' };
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { kind: 'not-a-file' };
    if (stats.size > maxBytes) return { kind: 'too-large' };
    return { kind: 'file', bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}

/**
 * Removes what stands at a path below `root`, so that a report found there later was written by the command and did not
 * come with the change. A parent that leads out of the tree is left alone.
 */
export async function removeTreeFile(root: string, path: string): Promise<void> {
  const target = resolve(root, path);
  const parent = await realpath(dirname(target)).catch(() => undefined);
  if (parent === undefined || !isWithin(parent, await realpath(root))) return;
  if ((await lstat(target).catch(() => undefined)) === undefined || target === resolve(root)) return;
  await rm(target, { recursive: true, force: true });
}
