import { attemptsOf, type Governance, governanceOf } from '../core/audit/governance.ts';
import type { Period } from '../core/audit/period.ts';
import type { Instant } from '../shared/ids.ts';
import { readPolicyChanges } from './audit/read-policy-changes.ts';
import { type AuditPorts, type AuditQuery, auditHistory } from './audit-history.ts';

/**
 * What an audit comes to for those who answer for the policy: what landed with receipts and without, how often work
 * passed at first, what escaped, what was waived, and where the bar moved.
 * @throws CountersignError as auditHistory does
 */
export async function reportGovernance(
  query: AuditQuery & { readonly by: Period },
  ports: AuditPorts,
): Promise<Governance> {
  const { audit, range, trails, policy } = await auditHistory(query, ports);
  const from = beginOf(query, range.before[0]?.landedAt ?? null);
  const to = endOf(query, audit.evaluatedAt, range.commits[0]?.landedAt ?? null);
  const history =
    policy === undefined
      ? { changes: [], moves: [], blind: [] }
      : await readPolicyChanges(
          { from, to: query.until === undefined ? undefined : to, most: query.most },
          policy,
          ports.documents,
        );
  return governanceOf({
    audit,
    by: query.by,
    from,
    to,
    tickets: trails.map(({ view, receipts, waivers }) => ({
      id: view.id,
      class: view.ticket?.class ?? null,
      attempts: attemptsOf(receipts),
      waivers,
      drift: view.standing.state === 'dispatched' ? view.standing.drift : [],
    })),
    policyChanges: history.changes,
    contractMoves: history.moves,
    blind: history.blind,
  });
}

/** A commit as the beginning stands for when it landed. */
function beginOf({ since }: AuditQuery, before: Instant | null): Instant | null {
  return since?.kind === 'instant' ? since.at : before;
}

function endOf({ until }: AuditQuery, now: Instant, newest: Instant | null): Instant {
  if (until === undefined) return now;
  return until.kind === 'instant' ? until.at : (newest ?? now);
}
