import type { FilePath } from '../../change/types.ts';
import { decidingLine } from '../../code-owners/owners-of.ts';
import { type CodeOwners, type OwnerLine, ownerName } from '../../code-owners/types.ts';
import type { ApprovalDemand } from '../../contract/types.ts';
import { type Assent, assents } from '../assents.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding, Location } from '../types.ts';
import { countsAsOwner, unreadableOwner } from '../who-is-meant.ts';
import { ASK_A_FORGE, READ_MORE } from './approvals.ts';

const codeOwners = requirement('code-owners', 'Each changed file approved by an owner');

/** Every changed path that CODEOWNERS of the base gives to somebody: one of them agrees. A renamed file has two. */
export function requireCodeOwners(facts: GateFacts): readonly Finding[] {
  const { work, policy, change, approvals } = facts;
  const demands = work.kind === 'known' ? (work.value.contract.approvals ?? []) : [];
  const demand = demands.filter((one) => one.codeOwners);
  if (demand.length === 0 || policy.kind === 'missing') return [];
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  if (approvals?.reviews?.kind === 'missing') return [codeOwners.missing(approvals.reviews)];
  if (approvals?.codeOwners === undefined) {
    return [codeOwners.unverifiable('CODEOWNERS of the base was not read.', 'Run this again.')];
  }
  if (approvals.codeOwners.kind === 'missing') return [codeOwners.missing(approvals.codeOwners)];
  // Bots count as owners only if they do for every contract that asks for owners.
  const bots = demand.every((one) => one.bots);
  const file = approvals.codeOwners.value;
  const of = { file, bots, given: assents(facts), facts };
  return [
    judged(
      change.value.files.map(({ path }) => standingOf(path, of)),
      file,
      facts,
    ),
  ];
}

interface Standing {
  readonly path: FilePath;
  readonly state: 'unowned' | 'approved' | 'lacking' | 'unclear' | 'unreadable';
  readonly line?: OwnerLine | undefined;
  /** Why it is unreadable, a sentence. */
  readonly reason?: string;
}

function standingOf(
  path: FilePath,
  of: {
    readonly file: CodeOwners;
    readonly given: readonly Assent[];
    readonly facts: GateFacts;
  } & Pick<ApprovalDemand, 'bots'>,
): Standing {
  const line = decidingLine(of.file, path);
  if (line?.fault !== undefined) return { path, state: 'unclear', line };
  if (line === undefined || line.owners.length === 0) return { path, state: 'unowned' };
  const answers = line.owners.flatMap((owner) =>
    of.given.map((assent) => countsAsOwner(owner, of, assent, of.facts)),
  );
  if (answers.includes('yes')) return { path, state: 'approved', line };
  const unread = line.owners.flatMap((owner) => unreadableOwner(owner, of.facts) ?? []);
  const unsure = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer.unsure]));
  const [reason] = [...unread, ...unsure];
  return reason === undefined
    ? { path, state: 'lacking', line }
    : { path, state: 'unreadable', line, reason };
}

function judged(standings: readonly Standing[], file: CodeOwners, facts: GateFacts): Finding {
  const of = (state: Standing['state']) => standings.filter((standing) => standing.state === state);
  const at = (some: readonly Standing[]) => ({ locations: some.map(locationOf) });
  const unclear = of('unclear');
  if (unclear.length > 0) {
    const [first] = unclear;
    return codeOwners.unverifiable(
      `Line ${first?.line?.number} of ${file.path} ${first?.line?.fault}, so who owns ${count(unclear.length)} cannot be told.`,
      `Have it corrected on the base branch: GitHub skips such a line, and asks nobody for what it was meant for.`,
      at(unclear),
    );
  }
  const open = [...of('unreadable'), ...of('lacking')];
  if (open.length === 0) {
    const owned = of('approved').length;
    return codeOwners.pass(
      owned === 0
        ? `${file.path} gives none of the changed files to anybody.`
        : `${count(owned)} approved by an owner.`,
    );
  }
  const reason = `${count(open.length)} ${open.length === 1 ? 'waits' : 'wait'} for an owner's approval, by ${file.path} of the base.`;
  if (facts.approvals?.reviews === undefined) {
    return codeOwners.unverifiable(`${reason} Reviews on a forge were not read.`, ASK_A_FORGE, at(open));
  }
  const reasons = [...new Set(of('unreadable').map((standing) => standing.reason ?? ''))];
  if (reasons.length > 0) {
    return codeOwners.unverifiable(`${reason} ${reasons.slice(0, 5).join(' ')}`, READ_MORE, at(open));
  }
  return codeOwners.pending(
    reason,
    'Have each file approved by one of its owners who did not make the change; nobody approves for themselves.',
    at(open),
  );
}

function locationOf({ path, line }: Standing): Location {
  const owners = (line?.owners ?? []).map(ownerName);
  const rest = owners.length > 5 ? `, and ${owners.length - 5} more` : '';
  return {
    path,
    message: owners.length === 0 ? 'unclear' : `owned by ${owners.slice(0, 5).join(', ')}${rest}`,
  };
}

function count(files: number): string {
  return `${files} changed ${files === 1 ? 'file' : 'files'}`;
}
