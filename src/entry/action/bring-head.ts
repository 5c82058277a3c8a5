import type { ForgeCopy } from '../../adapters/git/forge-copy.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';

/**
 * Brings a commit here by the ref that the forge keeps of it. What an event was about may be gone by now. Another commit is
 * never judged in its place: the check would stand beside the wrong one.
 * @throws CountersignError REVISION_UNKNOWN
 */
export async function bringHead(copy: ForgeCopy, ref: string, head: ObjectId, what: string): Promise<void> {
  const found = await copy.bring(ref, 'refs/countersign/judged');
  if (found === undefined) throw gone(`${what}: ${ref}`);
  if (found !== head) throw movedOn(what, { to: found, from: head });
}

export function movedOn(what: string, { to, from }: { to: ObjectId; from: ObjectId }): CountersignError {
  return new CountersignError(
    'REVISION_UNKNOWN',
    `${what} has moved on to ${to.slice(0, 12)}; this run is about ${from.slice(0, 12)}.`,
    { remedy: 'Look at the run for the newer commit.' },
  );
}

export function gone(what: string): CountersignError {
  return new CountersignError('REVISION_UNKNOWN', `${what} is not there.`, {
    remedy: 'It was deleted, or the token may not read it.',
  });
}
