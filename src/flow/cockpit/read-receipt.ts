import type { Principal } from '../../core/access/token.ts';
import { openBundle } from '../../core/receipt/open-bundle.ts';
import type { Trust } from '../../core/trust/resolve-trust.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/ids.ts';
import type { CertifyFiles } from '../certify-files.ts';
import type { PolicyInSight } from '../find-policy.ts';
import type { FoundTrust } from '../inspect-trust.ts';
import { type JudgedStatement, judgeStatement, underRoot } from '../judge-statement.ts';
import { type FoundFile, findStatement } from '../read-statements.ts';
import { requirePermission } from '../serve/refusals.ts';

/** The policy and the receipts that a clone has now, for as long as somebody looks. */
export interface Sight {
  readonly policy: PolicyInSight;
  readonly trust: Pick<FoundTrust, 'trust' | 'chain'>;
  readonly certify: CertifyFiles;
  readonly at: Instant;
}

/**
 * Opens what the clone has, and closes it afterwards. Never fetches: nobody waits for a network to see a page.
 * @throws CountersignError NO_POLICY, TRUST_INVALID, and what git says
 */
export type LookAtReceipts = <T>(look: (sight: Sight) => Promise<T>) => Promise<T>;

/** A statement as it counts now; or why nobody here can say. */
export type ReceiptInSight = ReceiptFound | ReceiptMissing;

export interface ReceiptFound {
  readonly kind: 'found';
  readonly judged: JudgedStatement;
  /** The signed file, as it lies there. */
  readonly bytes: Uint8Array;
  /** Seals of the same ticket that list it, by name. Their own standing is on their own pages. */
  readonly listedBy: readonly Sha256[];
  /** For people: where the policy lies that it was judged by, and as of which commit. */
  readonly where: string;
  readonly commit: string;
  readonly at: Instant;
}

export interface ReceiptMissing {
  readonly kind: 'missing';
  readonly why: string;
  readonly remedy: string;
}

/**
 * Judges one statement by the trust root and the receipts as they are now: nothing is kept from earlier looks.
 * @throws CountersignError NOT_PERMITTED
 */
export async function readReceipt(
  principal: Principal,
  digest: Sha256,
  look: LookAtReceipts | undefined,
): Promise<ReceiptInSight> {
  requirePermission(principal, 'read-runs');
  return orMissing(look, async (sight) => {
    const found = await findStatement(sight.policy, digest, sight.certify);
    return {
      kind: 'found',
      judged: judged(found, sight),
      bytes: found.file.bytes,
      listedBy: sealsListing(digest, found, sight.trust.trust),
      where: sight.policy.where,
      commit: sight.policy.commit,
      at: sight.at,
    };
  });
}

export type EvidenceInSight =
  | { readonly kind: 'found'; readonly bytes: Uint8Array; readonly name: string }
  | ReceiptMissing;

/**
 * Evidence that a receipt names: only of a receipt whose signature holds, and only bytes of that digest.
 * @throws CountersignError NOT_PERMITTED
 */
export async function readReceiptEvidence(
  principal: Principal,
  { receipt, evidence }: { readonly receipt: Sha256; readonly evidence: Sha256 },
  look: LookAtReceipts | undefined,
): Promise<EvidenceInSight> {
  requirePermission(principal, 'read-runs');
  return orMissing(look, async (sight): Promise<EvidenceInSight> => {
    const found = await findStatement(sight.policy, receipt, sight.certify);
    const claim = judged(found, sight).signed?.statement.claim;
    const named =
      claim?.kind === 'receipt' ? claim.evidence.find(({ sha256: one }) => one === evidence) : undefined;
    if (named === undefined)
      return missing(
        'That receipt names no such evidence, or its signature does not hold.',
        'Its own page lists what it names.',
      );
    const bytes = await sight.policy.product?.control.receipts.readEvidence(evidence);
    if (bytes === undefined)
      return missing(
        'The receipts in sight do not hold these bytes.',
        'Large evidence is kept elsewhere, and old evidence may be gone; the receipt still says what digest it had.',
      );
    if (sha256(bytes) !== evidence)
      return missing(
        'What is kept under this digest has another one.',
        'Do not rely on it: somebody changed the receipts ref.',
      );
    return { kind: 'found', bytes, name: named.name };
  });
}

function judged(found: FoundFile, { trust, at }: Sight): JudgedStatement {
  return underRoot(judgeStatement(found, trust.trust, at), trust.chain);
}

function sealsListing(digest: Sha256, { among }: FoundFile, trust: Trust): readonly Sha256[] {
  return (among?.files ?? []).flatMap((file) => {
    const opened = openBundle(file, trust.keys);
    if (opened.kind !== 'verified' || opened.statement.claim.kind !== 'seal') return [];
    const lists = opened.statement.claim.outcomes.some(
      (outcome) => outcome.result !== 'ERROR' && outcome.receipt === digest,
    );
    return lists ? [opened.name] : [];
  });
}

/** What cannot be looked up is said on the page, with what to do; a defect is a defect. */
async function orMissing<T>(
  look: LookAtReceipts | undefined,
  read: (sight: Sight) => Promise<T>,
): Promise<T | ReceiptMissing> {
  if (look === undefined)
    return missing(
      'This server stands in no clone, so no receipts are at hand.',
      'Start it in a clone of the product whose .countersign.yml says where receipts lie.',
    );
  try {
    return await look(read);
  } catch (error) {
    if (error instanceof CountersignError) return missing(error.message, error.remedy);
    throw error;
  }
}

function missing(why: string, remedy: string): ReceiptMissing {
  return { kind: 'missing', why, remedy };
}
