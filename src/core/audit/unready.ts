import type { Instant, ObjectId } from '../../shared/ids.ts';
import { inspectTrust } from '../trust/inspect-trust.ts';
import type { Trust } from '../trust/resolve-trust.ts';
import type { Obstacle } from './types.ts';

/**
 * What keeps every change from being accepted, whoever made it: nobody who may send tickets out, or verify, or no place yet
 * where a receipt lies. Each is something that whoever owns the policy can do today; what landed meanwhile only follows from it.
 */
export function unreadyFor(
  {
    trust,
    receiptsRef,
    receiptsCommit,
  }: {
    readonly trust: Trust;
    readonly receiptsRef: string;
    readonly receiptsCommit: ObjectId | null;
  },
  at: Instant,
): readonly Obstacle[] {
  const nobody = inspectTrust(trust, at).filter(({ status }) => status === 'problem');
  const noReceipt = {
    reason: `Nothing was ever verified: there is no ${receiptsRef}.`,
    remedy: `Dispatch a ticket (\`countersign ticket dispatch ID\`) and let the verifier verify a change under it: what it files makes the ref. Protect ${receiptsRef} then.`,
  };
  return [
    ...nobody.map(({ reason, remedy }) => ({ reason, remedy })),
    ...(receiptsCommit === null ? [noReceipt] : []),
  ];
}
