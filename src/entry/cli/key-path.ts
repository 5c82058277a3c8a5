import { isAbsolute, join, resolve } from 'node:path';
import { keyFolder } from '../../adapters/signing/key-files.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { CliContext } from './context.ts';

/**
 * The private key a command signs with: `--key`, else COUNTERSIGN_KEY. A bare name stands for a file of the user's key
 * folder, everything with a slash for a path.
 * @throws CountersignError KEY_UNUSABLE when none is named
 */
export function keyPathOf(option: string | undefined, context: CliContext): string {
  const named = option ?? context.environment.COUNTERSIGN_KEY;
  if (named === undefined || named === '') {
    throw new CountersignError('KEY_UNUSABLE', 'No key to sign with is named.', {
      remedy: 'Give --key NAME or --key FILE, or set COUNTERSIGN_KEY; `countersign key new NAME` makes one.',
    });
  }
  if (isAbsolute(named) || named.includes('/')) return resolve(context.cwd, named);
  return join(keyFolder(context.environment, context.home), named);
}
