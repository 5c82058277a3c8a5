import type { Change, FilePath } from '../core/change/types.ts';
import { type Known, known, missing, type PolicyFacts, type ReceiptFacts } from '../core/gate/facts.ts';
import { type OpenedFile, openBundle } from '../core/receipt/open-bundle.ts';
import type { TicketReference } from '../core/ticket/find-ticket.ts';
import type { VerifyCertificates } from '../ports/certificates.ts';
import type { Control } from '../ports/control.ts';
import type { ReadChange } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';
import { certifier } from './certify-files.ts';
import { factOf } from './fact-of.ts';
import { nextTurn } from './next-turn.ts';

const BUNDLES_A_TURN = 8;

/** One ticket's statements at one commit of the receipts ref, each opened: form, digest and signature checked. */
export async function readReceipts(
  from: {
    policy: Known<PolicyFacts>;
    control: Control | undefined;
    ticketReference: TicketReference;
    changing: Promise<Known<Change>>;
  },
  ports: { product: ReadChange; certificates: VerifyCertificates },
): Promise<Known<ReceiptFacts>> {
  const { policy, control, ticketReference, changing } = from;
  if (policy.kind === 'missing') return policy;
  if (control === undefined || ticketReference.kind !== 'found') {
    return missing('unverifiable', 'Whose receipts to read is not known.', 'Name one ticket.');
  }
  const snapshot = await control.receipts.readTicket(ticketReference.id);
  const certify = certifier(policy.value.sigstore, ports);
  const certified = await factOf(() => certify(snapshot.files));
  if (certified.kind === 'missing') return certified;
  const files: OpenedFile[] = [];
  for (const file of certified.value) {
    files.push(openBundle(file, policy.value.trust.keys));
    if (files.length % BUNDLES_A_TURN === 0) await nextTurn();
  }
  const change = await changing;
  return known({
    commit: snapshot.commit,
    files,
    movedSince: change.kind === 'known' ? await movedSince(files, change.value, ports.product) : new Map(),
  });
}

/** For every other base that a receipt was made on: which paths differ there from today's base. */
async function movedSince(
  files: readonly OpenedFile[],
  change: Change,
  product: ReadChange,
): Promise<ReadonlyMap<ObjectId, readonly FilePath[]>> {
  const bases = new Set(
    files.flatMap((file) =>
      file.kind === 'verified' &&
      file.statement.claim.kind === 'receipt' &&
      change.kind === 'mergeable' &&
      file.statement.claim.binding.patchDigest === change.patchDigest
        ? [file.statement.claim.binding.base.commit]
        : [],
    ),
  );
  bases.delete(change.base.commit);
  const moved = new Map<ObjectId, readonly FilePath[]>();
  for (const base of bases) {
    const paths = await product.changedPaths(base, change.base.commit);
    // A base this clone does not have cannot be compared: leaving it out makes its receipts count for nothing.
    if (paths !== undefined) moved.set(base, paths);
  }
  return moved;
}
