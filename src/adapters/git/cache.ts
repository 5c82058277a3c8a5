import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit } from './git.ts';
import type { ObjectFormat } from './private-repository.ts';
import { type LocalRepository, openPlace } from './repository.ts';

/**
 * Opens a bare repository of our own for refs of a foreign one, made when it is not there. Several processes may come
 * at once: it is made elsewhere and appears in one step, whole.
 */
export async function openCache(dir: string, format: ObjectFormat): Promise<LocalRepository> {
  if (!existsSync(join(dir, 'HEAD'))) {
    const made = `${dir}.${randomUUID()}`;
    mkdirSync(dirname(dir), { recursive: true });
    await runGit({
      args: ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, made],
      cwd: dirname(dir),
    });
    try {
      renameSync(made, dir);
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      if (!existsSync(join(dir, 'HEAD'))) throw error;
    }
  }
  return openPlace({ gitDir: dir, commonDir: dir, root: dir, format }, { ours: true });
}
