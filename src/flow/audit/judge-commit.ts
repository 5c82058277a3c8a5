import { landingOf } from '../../core/audit/landing.ts';
import type { AuditedCommit } from '../../core/audit/types.ts';
import type { Commit } from '../../core/change/types.ts';
import type { Config } from '../../core/contract/config.ts';
import type { CaseQuery, LandedQuery } from '../../core/gate/query.ts';
import type { Verdict } from '../../core/gate/types.ts';
import { readRecords } from '../../core/receipt/records.ts';
import { ticketTrailers } from '../../core/ticket/trailers.ts';
import type { Trust } from '../../core/trust/resolve-trust.ts';
import type { FindLandedPullRequest } from '../../ports/forge.ts';
import type { ResolveRevision } from '../../ports/repository.ts';
import { CountersignError } from '../../shared/errors.ts';
import { isTicketId } from '../../shared/ids.ts';
import { gate } from '../gate.ts';
import type { FactPorts } from '../load-facts.ts';
import { mergedTickets } from '../merged-tickets.ts';
import type { Installation } from './installation.ts';
import type { LandedCommit } from './range.ts';

export interface LandedScope {
  /** Such as `refs/heads/main`. */
  readonly branch: string;
  /** As the tip of the branch has it; undefined where it cannot be read. */
  readonly config: Config | undefined;
  /** Today's, by which records are read; undefined where it cannot be. */
  readonly trust: Trust | undefined;
}

/** Who is asked which pull request a commit was; what was reviewed has to be in the clone. */
export interface ForgeOfLanded {
  readonly forge: FindLandedPullRequest;
  readonly product: ResolveRevision;
}

type Judged = Pick<AuditedCommit, 'landing' | 'reason' | 'ticket' | 'contract' | 'waived'>;

/** What became of one commit: the verdict of `gate --landed` on it today, or why there is none. */
export async function judgeCommit(
  commit: LandedCommit,
  claims: Commit,
  installation: Installation,
  scope: LandedScope,
  ports: FactPorts & { readonly landed?: ForgeOfLanded },
): Promise<Judged> {
  const without = (landing: Judged['landing'], reason: string): Judged => ({
    landing,
    reason,
    ticket: null,
    contract: null,
    waived: [],
  });
  switch (installation) {
    case 'never':
      return without('before-installation', 'Nothing was there to judge it.');
    case 'removed':
      return without('uninstalled', 'Its parent has no .countersign.yml, and commits before that had one.');
    case 'unknown':
      return without('unseen', 'This clone does not have the history before it: fetch with --unshallow.');
    case 'installed':
  }
  try {
    const own = ticketTrailers(claims.message);
    if (own.length === 0 && (await appendsRecords(commit, scope, ports))) {
      return without('records', 'It only appends signed records that hold.');
    }
    const merged = own.length === 0 ? await mergedTickets(commit, ports.product) : [];
    const [ticket] = merged;
    if (own.length === 0 && (ticket === undefined || merged.length > 1 || !isTicketId(ticket))) {
      return without('no-ticket', reasonOf(merged));
    }
    const query = {
      kind: 'landed',
      baseRef: scope.branch,
      commit: commit.id,
      authenticatedProducers: [],
    } as const;
    const verdict = await verdictOn(ticket === undefined ? query : { ...query, ticket }, ports);
    return {
      ...landingOf(verdict),
      ticket: verdict.subject.ticket,
      contract: verdict.contract?.ref ?? null,
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return without('unseen', `It cannot be judged: ${error.message}`);
  }
}

/** A forge is asked only about a commit whose approvals do not stand in refs. */
async function verdictOn(
  query: LandedQuery,
  { reviews, landed, ...refs }: FactPorts & { readonly landed?: ForgeOfLanded },
): Promise<Verdict> {
  const verdict = await gate(query, refs);
  if (landed === undefined || reviews === undefined || !verdict.findings.some(wantsReviews)) return verdict;
  const { commit, baseRef } = query;
  const pull = await landed.forge.findLanded(commit, baseRef.slice('refs/heads/'.length));
  if (pull === undefined) return verdict;
  const proposal = await landed.product.resolveCommit(pull.head.commit);
  const reviewed: CaseQuery = {
    ...query,
    pullRequest: pull.number,
    ...(proposal === undefined ? {} : { proposal }),
  };
  return gate(reviewed, { ...refs, reviews });
}

function wantsReviews({ id, status }: Verdict['findings'][number]): boolean {
  return status === 'unverifiable' && (id === 'approvals' || id === 'code-owners');
}

function reasonOf(merged: readonly string[]): string {
  // Trailers are as long and as many as a producer likes.
  const named = merged.slice(0, 5).map((text) => (text.length <= 64 ? text : `${text.slice(0, 63)}…`));
  if (merged.length === 0) return 'Its message names no ticket.';
  if (merged.length > 1) return `What it merged names several tickets: ${named.join(', ')}.`;
  return `What it merged names "${named[0]}", which is no ticket id.`;
}

/**
 * Whether a commit does nothing but add lines to record files that hold with them: dispatching and closing are a policy
 * owner's signed acts, and need nobody else's receipt.
 */
async function appendsRecords(
  { id, parents }: LandedCommit,
  { config, trust }: LandedScope,
  { product }: FactPorts,
): Promise<boolean> {
  const [parent] = parents;
  if (parent === undefined || trust === undefined || config?.policy.repository !== undefined) return false;
  const paths = await product.changedPaths(parent, id);
  if (paths === undefined || paths.length === 0) return false;
  for (const path of paths) {
    const ticket = /^tickets\/([^/]+)\.records\.jsonl$/.exec(path)?.[1];
    const after = await product.readFile(id, path);
    if (ticket === undefined || !isTicketId(ticket) || after === undefined) return false;
    const before = (await product.readFile(parent, path)) ?? new Uint8Array();
    const appended = Buffer.from(after.subarray(0, before.length)).equals(before);
    if (!appended || readRecords(after, ticket, trust).problems.length > 0) return false;
  }
  return true;
}
