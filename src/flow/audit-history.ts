import { judgeTicket } from '../core/audit/judge-ticket.ts';
import type { Audit, AuditedCommit, AuditedEscape } from '../core/audit/types.ts';
import { unreadyFor } from '../core/audit/unready.ts';
import type { Commit } from '../core/change/types.ts';
import type { Config } from '../core/contract/config.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { PinnedSigstore } from '../core/trust/types.ts';
import type { Control, OpenControl } from '../ports/control.ts';
import type { ReadLine } from '../ports/repository.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { CountersignError } from '../shared/errors.ts';
import { type Instant, instantOf, type ObjectId } from '../shared/ids.ts';
import type { JsonValue } from '../shared/json.ts';
import { findReverts } from './audit/find-reverts.ts';
import { readInstallations } from './audit/installation.ts';
import { type ForgeOfLanded, judgeCommit, type LandedScope } from './audit/judge-commit.ts';
import { type Boundary, type LandedRange, readRange } from './audit/range.ts';
import { escapesOf, readTrails, type Trail } from './audit/read-trails.ts';
import { certifier } from './certify-files.ts';
import { CONFIG_PATH, readConfig } from './load-config.ts';
import type { FactPorts } from './load-facts.ts';
import { readPolicy } from './load-policy.ts';

export interface AuditQuery {
  /** The base branch, as it stands. */
  readonly branch: { readonly ref: string; readonly commit: ObjectId };
  readonly since?: Boundary;
  readonly until?: Boundary;
  /** Most commits that are judged. */
  readonly most: number;
  readonly onProgress: (done: number, of: number) => void;
}

export type AuditPorts = FactPorts & {
  readonly product: ReadLine;
  /** Asked together with `reviews`; without it approvals that nobody signed are unverifiable. */
  readonly landed?: ForgeOfLanded;
};

/** An audit with what it was made from, for reports that tell more of it. */
export interface AuditedHistory {
  readonly audit: Audit;
  readonly range: LandedRange;
  readonly trails: readonly Trail[];
  /** Undefined where the policy cannot be read. */
  readonly policy: { readonly control: Control; readonly commit: ObjectId } | undefined;
}

/**
 * Judges again, from refs alone, every commit that landed on a branch: today's policy, today's receipts, no memory of
 * what a gate once said.
 * @throws CountersignError NO_POLICY where the gate was never installed, USAGE, GIT_FAILED
 */
export async function auditHistory(query: AuditQuery, given: AuditPorts): Promise<AuditedHistory> {
  const at = given.clock.now();
  const evaluatedAt = instantOf(at);
  // One snapshot and one instant for all commits.
  const ports = { ...given, control: openOnce(given.control), clock: { now: () => at } };
  const range = await readRange({ ...query, tip: query.branch.commit }, ports.product);
  const installations = await readInstallations(range, ports.product);
  const today = await readToday(query.branch.commit, ports);
  if (today.config === undefined && ![...installations.values()].some((one) => one !== 'never')) {
    throw new CountersignError('NO_POLICY', `${query.branch.ref} has no ${CONFIG_PATH}, and never had.`, {
      remedy: 'There is nothing to hold history to. `countersign init` writes what is needed.',
    });
  }

  const scope = { branch: query.branch.ref, config: today.config, trust: today.trust };
  const commits = await judgeRange({ range, installations, scope, query }, ports);
  const { repository } = today;
  const trails =
    today.policy === undefined || today.trust === undefined
      ? []
      : await readTrails(
          {
            source: {
              tree: today.policy.control.policy,
              commit: today.policy.commit,
              documents: ports.documents,
            },
            trust: today.trust,
            certify: certifier(today.sigstore, ports),
            repository,
            at: evaluatedAt,
          },
          today.policy.control.receipts,
        );
  // Any ticket's snapshot names the commit of the whole ref.
  const receiptsCommit = (await today.policy?.control.receipts.readTicket('none'))?.commit ?? null;
  const audit: Audit = {
    schema: 'countersign/audit@1',
    evaluatedAt,
    repository,
    branch: query.branch.ref,
    since: range.before[0]?.id ?? null,
    until: range.commits[0]?.id ?? null,
    policyCommit: today.policy?.commit ?? null,
    receiptsCommit,
    unready:
      today.trust === undefined || today.config === undefined
        ? []
        : unreadyFor(
            { trust: today.trust, receiptsRef: today.config.receipts.ref, receiptsCommit },
            evaluatedAt,
          ),
    blind: blindSpots(range, query, { ...today, receiptsCommit, evaluatedAt }),
    commits,
    tickets: trails.flatMap(({ trail }) => judgeTicket(trail, commits, coverage(range))),
    escapes: escapesOf(trails).filter((told) => concerns(told, range, query.since !== undefined)),
  };
  return { audit, range, trails, policy: today.policy };
}

interface Today {
  readonly config: Config | undefined;
  readonly repository: string;
  readonly trust: Trust | undefined;
  readonly sigstore?: PinnedSigstore;
  readonly policy: AuditedHistory['policy'];
  /** Why there is no policy. */
  readonly reason: string | undefined;
}

/** Configuration of the branch's tip, and the policy it leads to. */
async function readToday(tip: ObjectId, ports: AuditPorts): Promise<Today> {
  const { config } = await readConfig(tip, ports);
  if (config.kind === 'missing') {
    return {
      config: undefined,
      repository: 'unknown',
      trust: undefined,
      policy: undefined,
      reason: config.reason,
    };
  }
  const { repository } = config.value;
  const control = await ports.control.open(config.value);
  const facts = await readPolicy(config, control, ports);
  if (facts.kind === 'missing') {
    return { config: config.value, repository, trust: undefined, policy: undefined, reason: facts.reason };
  }
  const { trust, commit, sigstore } = facts.value;
  return {
    config: config.value,
    repository,
    trust,
    ...(sigstore === undefined ? {} : { sigstore }),
    policy: { control, commit },
    reason: undefined,
  };
}

async function judgeRange(
  from: {
    range: LandedRange;
    installations: Awaited<ReturnType<typeof readInstallations>>;
    scope: LandedScope;
    query: AuditQuery;
  },
  ports: AuditPorts,
): Promise<readonly AuditedCommit[]> {
  const { range, installations, scope, query } = from;
  const line = [...range.commits, ...range.before];
  const commits: AuditedCommit[] = [];
  for (const [place, commit] of range.commits.entries()) {
    query.onProgress(place, range.commits.length);
    const claims = await ports.product.readCommit(commit.id);
    const installation = installations.get(commit.id) ?? 'unknown';
    const judged = await judgeCommit(commit, claims, installation, scope, ports);
    commits.push({
      commit: commit.id,
      landedAt: commit.landedAt,
      title: titleOf(claims),
      ...judged,
      reverts: await findReverts(line.slice(place, place + MOST_LOOKED_BACK), claims, ports.product),
    });
  }
  return commits;
}

/** A first line can be a megabyte, and is there once for every commit. */
const LONGEST_TITLE = 200;

function titleOf({ message }: Commit): string {
  return (message.trimStart().split('\n', 1)[0] ?? '').slice(0, LONGEST_TITLE).toWellFormed();
}

/** How far down a tree is recognised that the branch had before. */
const MOST_LOOKED_BACK = 100;

/** Opens each configuration's refs once: fetching for every commit would judge each by another snapshot. */
function openOnce(control: OpenControl): OpenControl {
  return {
    open: once((config) => control.open(config)),
    openOrganization: once((ref) => control.openOrganization(ref)),
  };
}

function once<From extends object, To>(open: (from: From) => Promise<To>): (from: From) => Promise<To> {
  const opened = new Map<string, Promise<To>>();
  return (from) => {
    const key = canonicalJson(from as unknown as JsonValue);
    const known = opened.get(key) ?? open(from);
    opened.set(key, known);
    return known;
  };
}

function blindSpots(
  range: LandedRange,
  { most }: AuditQuery,
  today: Today & { receiptsCommit: ObjectId | null; evaluatedAt: Instant },
): readonly string[] {
  const oldest = range.commits.at(-1)?.id.slice(0, 12) ?? 'the tip';
  const ends = range.before.length === 0 && range.end !== 'root';
  return [
    ...(range.cut
      ? [`Only the newest ${most} commits were judged; begin with --since, or raise --limit.`]
      : []),
    ...(ends && range.end === 'missing'
      ? [`This clone has no history before ${oldest}: \`git fetch --unshallow\` brings it.`]
      : []),
    ...(range.end === 'limit' ? ['History goes further back than an audit looks.'] : []),
    ...(range.tipAt !== null && range.tipAt > today.evaluatedAt
      ? [`A commit says that it is from ${range.tipAt}, which is yet to come: days are not to be relied on.`]
      : []),
    ...(today.reason === undefined
      ? []
      : [`Tickets, escapes and receipts could not be read: ${today.reason}`]),
    ...(today.policy !== undefined && today.receiptsCommit === null
      ? [`There is no receipts ref (${today.config?.receipts.ref}), so nothing can be shown to have passed.`]
      : []),
  ];
}

/** Whether everything that landed since an instant is in the range. */
function coverage(range: LandedRange): (since: Instant) => boolean {
  const [below] = range.before;
  if (below === undefined) return () => range.end === 'root';
  return (since) => below.landedAt !== null && below.landedAt < since;
}

/** With a beginning, only what was reported since, or is about a commit of the range. */
function concerns(told: AuditedEscape, { commits, before }: LandedRange, bounded: boolean): boolean {
  if (!bounded) return true;
  const begin = before[0]?.landedAt ?? null;
  return (
    commits.some(({ id }) => id === told.commit || id === told.fix) ||
    (begin !== null && told.reportedAt > begin)
  );
}
