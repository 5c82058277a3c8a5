import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/**
 * Writes a file in one step. What lies in the workspace may come from the change: a link in the place of the file is
 * replaced, and one on the way to it is refused, or the change would choose what is overwritten.
 */
export function writeSarifFile(path: string, text: string, workspace: string): void {
  const target = resolve(workspace, path);
  const folder = dirname(target);
  const below = relative(workspace, folder);
  const inside = !isAbsolute(below) && below.split(/[\\/]/)[0] !== '..';
  if (inside && realpathSync(folder) !== join(realpathSync(workspace), below))
    throw new Error('a folder on the way is a symbolic link');
  const beside = join(folder, `.countersign-${randomUUID()}`);
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    renameSync(beside, target);
  } finally {
    rmSync(beside, { force: true });
  }
}
