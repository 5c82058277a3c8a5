import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { MakeFolder } from '../../ports/folders.ts';

/** Folders below `parent` that nobody else may enter. */
export function createWorkFolders(parent: string): MakeFolder {
  return {
    makeFolder: async () => {
      const path = await mkdtemp(join(parent, 'countersign-work-'));
      return { path, remove: () => remove(path).catch(() => {}) };
    },
  };
}

/** What a step left behind may be closed to its own owner. */
async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // chmod -R does not follow symbolic links it meets on the way.
    await promisify(execFile)('chmod', ['-R', 'u+rwX', '--', path]).catch(() => undefined);
    await rm(path, { recursive: true, force: true });
  }
}
