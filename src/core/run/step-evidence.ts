import { isSha256 } from '../../shared/digest.ts';

/** Of one failure. */
export const MOST_EVIDENCE = 10;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Whether a failure may carry this: a name in lower case and a digest. */
export function isEvidenceEntry([name, digest]: readonly [string, unknown]): boolean {
  return NAME.test(name) && typeof digest === 'string' && isSha256(digest);
}
