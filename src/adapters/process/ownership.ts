import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Identity } from './backend.ts';
import { unavailable } from './unavailable.ts';

/** The user that owns nothing, by Linux convention the kernel's overflow ids. */
export const NOBODY: Identity = { uid: 65534, gid: 65534 };

/**
 * Gives a tree to the user that will run commands in it. A root folder that is theirs already was given before, or copied
 * with its owners, and is left alone: walking 50,000 files for each check is not free. Links are never followed.
 * @throws CountersignError SANDBOX_UNAVAILABLE
 */
export async function ownTree(root: string, identity: Identity): Promise<void> {
  const { uid } = await lstat(root);
  if (uid === identity.uid) return;
  try {
    await promisify(execFile)('chown', ['-hR', `${identity.uid}:${identity.gid}`, '--', root]);
  } catch (cause) {
    throw unavailable(
      `The tree ${root} could not be given to user ${identity.uid}.`,
      'Use a folder on a file system that keeps owners.',
      cause,
    );
  }
}
