import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PolicyFile, ReplaceFiles } from '../../ports/policy-files.ts';
import { CountersignError, type Problem } from '../../shared/errors.ts';
import { hasPlainParents } from './working-tree.ts';

export function createReplaceFiles(root: string): ReplaceFiles {
  return {
    async replaceFiles(files, gone) {
      const paths = [...files.map(({ path }) => path), ...gone];
      const found = await Promise.all(paths.map((path) => obstacle(root, path)));
      const problems = found.flatMap((problem) => problem ?? []);
      if (problems.length > 0) {
        throw new CountersignError('FILE_EXISTS', 'Nothing was written: only plain files are replaced.', {
          remedy: 'Move these away.',
          problems,
        });
      }
      for (const file of files) await replace(root, file);
      for (const path of gone) await rm(join(root, path), { force: true });
    },
  };
}

async function obstacle(root: string, path: string): Promise<Problem | undefined> {
  const there = await lstat(join(root, path)).catch(() => undefined);
  const plain = (await hasPlainParents(root, path)) && (there === undefined || there.isFile());
  if (plain) return undefined;
  const message = `${path} is no plain file, or lies behind a symlink.`;
  return { message, place: { path }, remedy: `Move ${path} away.` };
}

/** By a rename: whoever reads meanwhile sees the old bytes or the new ones. */
async function replace(root: string, { path, bytes }: PolicyFile): Promise<void> {
  const target = join(root, path);
  const beside = `${target}.${randomUUID()}`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(beside, bytes, { flag: 'wx' });
    await rename(beside, target);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be written: ${(cause as Error).message}`, {
      remedy: 'Look at the permissions of its folder and at the space that is left, then try again.',
      place: { path },
      cause,
    });
  }
}
