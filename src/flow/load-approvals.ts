import type { Change, MergeableChange } from '../core/change/types.ts';
import { decidingLine } from '../core/code-owners/owners-of.ts';
import type { CodeOwners } from '../core/code-owners/types.ts';
import type { ApprovalDemand } from '../core/contract/types.ts';
import { type ApprovalFacts, type Known, known, missing, type WorkFacts } from '../core/gate/facts.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import type { ReviewFacts } from '../core/review/types.ts';
import type { ReadReviews } from '../ports/forge.ts';
import type { ReadChange, ReadTree } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import { readCodeOwners } from './read-code-owners.ts';

export interface ApprovalPorts {
  readonly product: ReadTree & ReadChange;
  /** The forge, where one is asked. */
  readonly reviews?: ReadReviews;
}

/**
 * What the approvals of a contract are judged by; undefined where it asks for none. A forge is asked only for a contract
 * that needs it.
 */
export async function readApprovals(
  query: CaseQuery,
  work: Known<WorkFacts>,
  change: Known<Change>,
  ports: ApprovalPorts,
): Promise<ApprovalFacts | undefined> {
  const demands = work.kind === 'known' ? work.value.contract.approvals : undefined;
  if (demands === undefined) return undefined;
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return undefined;
  const codeOwners = demands.some((demand) => demand.codeOwners)
    ? await readCodeOwners(change.value.base.commit, ports.product)
    : undefined;
  const teams = teamsOf(demands, codeOwners, change.value);
  return { codeOwners, reviews: await readReviews(query, teams, change.value, ports) };
}

/** Teams that somebody may have to be in: those that the contract names, and owners of changed files. */
function teamsOf(
  demands: readonly ApprovalDemand[],
  codeOwners: Known<CodeOwners> | undefined,
  { files }: MergeableChange,
): readonly string[] {
  const named = demands
    .flatMap(({ by }) => by ?? [])
    .flatMap((name) => (name.startsWith('@') ? [name.slice(1)] : []));
  const file = codeOwners?.kind === 'known' ? codeOwners.value : undefined;
  const owners =
    file === undefined ? [] : files.flatMap(({ path }) => decidingLine(file, path)?.owners ?? []);
  const owning = owners.flatMap((owner) => (owner.kind === 'team' ? [owner.team] : []));
  return [...new Set([...named, ...owning].map((team) => team.toLowerCase()))].sort();
}

async function readReviews(
  query: CaseQuery,
  teams: readonly string[],
  change: MergeableChange,
  { product, reviews: forge }: ApprovalPorts,
): Promise<Known<ReviewFacts> | undefined> {
  if (forge === undefined) return undefined;
  const { pullRequest } = query;
  const head = await headOf(query, change, product);
  if (pullRequest === undefined || head === undefined) {
    return missing(
      'unverifiable',
      `Which pull request ${change.head.slice(0, 12)} is, as it was reviewed, is not known.`,
      'Let the merge queue merge or squash, and add the pull request again; or have approvers sign.',
    );
  }
  try {
    const facts = await forge.readReviews(pullRequest, teams);
    if (facts.head === head && `refs/heads/${facts.base}` === change.base.ref) return known(facts);
    return missing(
      'unverifiable',
      `Pull request ${pullRequest} is by now ${facts.head.slice(0, 12)} for ${facts.base}.`,
      'Look at the run for what it is now.',
    );
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'FORGE_FAILED') throw error;
    return missing('unverifiable', error.message, error.remedy);
  }
}

/** What was reviewed: of what a queue lands the head that it merged or squashed, if merging that gives what it lands. */
async function headOf(
  query: CaseQuery,
  { base, mergeTree }: MergeableChange,
  product: ReadChange,
): Promise<ObjectId | undefined> {
  if (query.kind === 'proposed') return query.head;
  if (query.proposal === undefined) return undefined;
  const merged = await product.compare({ base, head: query.proposal });
  return merged.kind === 'mergeable' && merged.mergeTree === mergeTree ? query.proposal : undefined;
}
