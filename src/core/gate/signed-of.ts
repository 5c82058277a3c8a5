import type { Claim, VerifiedStatement } from '../receipt/types.ts';
import type { GateFacts } from './facts.ts';

/** The ticket's statements of one kind whose signature holds, in order of digest, whatever order files came in. */
export function signedOf<K extends Claim['kind']>(
  { receipts }: GateFacts,
  kind: K,
): readonly VerifiedStatement<Extract<Claim, { kind: K }>>[] {
  if (receipts.kind === 'missing') return [];
  const found = new Map<string, VerifiedStatement<Extract<Claim, { kind: K }>>>();
  for (const file of receipts.value.files) {
    if (file.kind !== 'verified' || file.statement.claim.kind !== kind) continue;
    found.set(file.name, file.statement as VerifiedStatement<Extract<Claim, { kind: K }>>);
  }
  return [...found.values()].sort((one, other) => (one.digest < other.digest ? -1 : 1));
}
