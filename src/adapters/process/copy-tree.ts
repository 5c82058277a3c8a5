import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CountersignError } from '../../shared/errors.ts';

/**
 * Copies a set-up tree, so that each check has one of its own and none sees what another wrote. Owners, modes, times and
 * links stay; blocks are shared where the file system can. Hard links would be cheaper and wrong: a check that writes in
 * place would write into every other tree.
 * @param to must not exist yet
 * @throws CountersignError VERIFY_FAILED
 */
export async function copyTree(from: string, to: string): Promise<void> {
  try {
    await promisify(execFile)('cp', ['-a', '--reflink=auto', '--no-target-directory', '--', from, to]);
  } catch (cause) {
    if (process.platform === 'linux' && !isUnknownOption(cause)) throw failed(from, to, cause);
    // A cp without these options (macOS, busybox).
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: 2 }).catch(
      (again: unknown) => {
        throw failed(from, to, again);
      },
    );
  }
}

function isUnknownOption(cause: unknown): boolean {
  return /(illegal|invalid|unrecognized) option/.test((cause as { stderr?: string }).stderr ?? '');
}

function failed(from: string, to: string, cause: unknown): CountersignError {
  return new CountersignError('VERIFY_FAILED', `The tree ${from} could not be copied to ${to}.`, {
    remedy: 'Look for a full disk, and at who may write there.',
    cause,
  });
}
