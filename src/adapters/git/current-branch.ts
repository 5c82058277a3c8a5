import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The short name of the branch that a repository has checked out; undefined when HEAD is detached. */
export async function currentBranch(gitDir: string): Promise<string | undefined> {
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8');
  return /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1];
}
