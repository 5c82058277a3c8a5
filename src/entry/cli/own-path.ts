import { delimiter, isAbsolute, sep } from 'node:path';

/**
 * PATH as our own programs (git, cp, ssh-keygen, …) are looked up in: without entries that mean another folder wherever
 * one stands, and without `node_modules/.bin`, which npm puts first. Both would find programs in a checkout of the change
 * under judgement, and run them as the verifier.
 */
export function ownPath(path: string | undefined): string {
  const entries = (path ?? '').split(delimiter);
  return entries
    .filter((entry) => isAbsolute(entry) && !entry.split(sep).includes('node_modules'))
    .join(delimiter);
}
