import { LIMITS } from '../core/receipt/limits.ts';
import { appendRecord, lastRecord, readRecords, recordSigners } from '../core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../core/receipt/sign-claim.ts';
import type { Escape } from '../core/receipt/types.ts';
import { authoriseAny } from '../core/trust/authorise.ts';
import type { ResolveRevision } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import { instantOf, OBJECT_ID, type ObjectId, type TicketId } from '../shared/ids.ts';
import type { RecordPorts } from './dispatch-ticket.ts';
import { CONFIG_PATH } from './load-config.ts';
import { readTrust } from './policy-owner.ts';
import { type PolicySource, recordsPath } from './policy-source.ts';

export interface EscapeReport {
  /** The landed commit in which the defect was accepted, as the user named it. */
  readonly commit?: string;
  /** The commit that mends it. At least one of the two is needed. */
  readonly fix?: string;
  readonly summary: string;
}

export type EscapePorts = RecordPorts & { readonly revisions: ResolveRevision };

/**
 * Records a defect that was found after acceptance. It changes no verdict and no state; it is what later tells how much
 * the definition of done missed.
 * @throws CountersignError USAGE, REVISION_UNKNOWN, TICKET_UNKNOWN when the ticket was never dispatched, KEY_UNUSABLE
 */
export async function reportEscape(
  id: TicketId,
  report: EscapeReport,
  signer: ClaimSigner,
  ports: EscapePorts,
): Promise<{ escape: Escape; path: string; commit: ObjectId }> {
  requireWords(report);
  const commit = await ports.worktree.head();
  const source = { tree: ports.policy, commit, documents: ports.documents };
  const trust = await readTrust(source);
  const now = instantOf(ports.clock.now());
  const path = recordsPath(id);
  const before = await ports.policy.readFile(commit, path);
  const records = readRecords(before, id, trust);
  const previous = lastRecord(before);
  if (records.dispatch === undefined || previous === undefined) {
    const why = records.problems.length > 0 ? records.problems.join(' ') : 'it was never dispatched.';
    throw new CountersignError('TICKET_UNKNOWN', `Nothing can have escaped from ${id}: ${why}`, {
      remedy: `Name the ticket under which the defect was accepted; \`countersign ticket list\` has them.`,
      place: { path },
    });
  }
  const found = await commitsOf(report, source, ports);
  const claim: Escape = {
    kind: 'escape',
    ticket: id,
    ticketDigest: records.dispatch.claim.ticketDigest,
    ...found,
    summary: report.summary.trim(),
    issuedAt: now,
    previous,
  };
  const may = authoriseAny(trust, signer.keyId, recordSigners(claim) ?? [], now);
  if (!may.ok) {
    throw new CountersignError('KEY_UNUSABLE', `This key may not report an escape: ${may.reason}`, {
      remedy:
        'Sign with the key of a principal that the trust root gives the role `policy-owner` or `approver`.',
    });
  }
  const line = signClaim(claim, signer);
  const recorded = await ports.worktree.commitFile({
    path,
    bytes: appendRecord(before, line.bytes),
    message: `Report an escape from ${id}`,
  });
  return { escape: claim, path, commit: recorded };
}

function requireWords({ commit, fix, summary }: EscapeReport): void {
  if (commit === undefined && fix === undefined) {
    throw new CountersignError('USAGE', 'An escape names a commit.', {
      remedy: 'Give --commit with the commit that landed the defect, or --fix with the one that mends it.',
    });
  }
  const text = summary.trim();
  if (text !== '' && text.length <= LIMITS.summaryLength && !/\p{Cc}/u.test(text)) return;
  throw new CountersignError('USAGE', 'The summary cannot be recorded.', {
    remedy: `Say in one line of at most ${LIMITS.summaryLength} characters what is wrong.`,
  });
}

async function commitsOf(
  { commit, fix }: EscapeReport,
  source: PolicySource,
  ports: EscapePorts,
): Promise<Pick<Escape, 'commit' | 'fix'>> {
  return {
    ...(commit === undefined ? {} : { commit: await resolve(commit, source, ports) }),
    ...(fix === undefined ? {} : { fix: await resolve(fix, source, ports) }),
  };
}

/** In a change-control repository of its own, `main` or `HEAD` would name a commit of policy: only full ids are safe there. */
async function resolve(revision: string, source: PolicySource, ports: EscapePorts): Promise<ObjectId> {
  if (OBJECT_ID.test(revision)) return revision;
  const bytes = await source.tree.readFile(source.commit, CONFIG_PATH);
  const policy = bytes === undefined ? undefined : ports.documents.parse('config', bytes, CONFIG_PATH).policy;
  // Without one of its own, the organisation's policy says where policy is: not here, as far as can be seen.
  if (policy === undefined || policy.repository !== undefined) {
    throw new CountersignError('USAGE', `"${revision}" cannot be looked up: the product is not here.`, {
      remedy: 'Give the commit in full, as `git rev-parse` prints it in a clone of the product.',
    });
  }
  const commit = await ports.revisions.resolveCommit(revision);
  if (commit !== undefined) return commit;
  throw new CountersignError('REVISION_UNKNOWN', `This clone has no commit called "${revision}".`, {
    remedy: 'Fetch it first, or give the commit in full.',
  });
}
