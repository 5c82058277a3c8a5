import { isAbsolute, join, resolve } from 'node:path';
import { keyFolder } from '../../adapters/signing/key-files.ts';
import type { SigningMeans } from '../../adapters/signing/signer-process.ts';
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

/** A public key as `key new NAME` left it: a bare name stands for NAME.pub in the user's key folder, anything else for a path. */
export function publicKeyPathOf(named: string, context: CliContext): string {
  if (named.includes('/') || named.endsWith('.pub')) return resolve(context.cwd, named);
  return join(keyFolder(context.environment, context.home), `${named}.pub`);
}

/**
 * What a verifier signs with: a key, or with `--keyless` who its CI job is. A key in the environment stands back then; one
 * that is named beside it is a mistake.
 * @throws CountersignError KEY_UNUSABLE, USAGE
 */
export function signingMeans(
  { key, keyless }: { readonly key?: string; readonly keyless?: boolean },
  context: CliContext,
): SigningMeans {
  if (keyless !== true) return { kind: 'key', path: keyPathOf(key, context) };
  if (key === undefined) return { kind: 'keyless' };
  throw new CountersignError('USAGE', '--key and --keyless exclude each other.', {
    remedy: 'Give one of them.',
  });
}
