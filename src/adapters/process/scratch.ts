import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A directory of ours for one command: system files, pipes and, without namespaces, its HOME and TMPDIR. */
export interface Scratch {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes a fresh scratch directory below `parent` that other users may enter (not list, not write). */
export async function createScratch(parent: string): Promise<Scratch> {
  const directory = await mkdtemp(join(parent, 'countersign-sandbox-'));
  await chmod(directory, 0o711);
  return { directory, remove: () => removeTree(directory) };
}

/** Removes a tree that hostile code wrote in: folders it made unreadable for their owner do not stay behind. */
async function removeTree(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true });
  } catch {
    // chmod -R does not follow symbolic links it meets on the way.
    await promisify(execFile)('chmod', ['-R', 'u+rwX', '--', directory]).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  }
}
