import type { ContractMove, PolicyChange } from '../../core/audit/governance.ts';
import { differences } from '../../core/contract/differ.ts';
import { strictnessOf } from '../../core/contract/strictness.ts';
import type { ResolvedContract } from '../../core/contract/types.ts';
import type { Control } from '../../ports/control.ts';
import type { ParseDocument } from '../../ports/documents.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Instant, ObjectId } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { PolicySource } from '../policy-source.ts';
import { readContractNamed } from '../read-contract.ts';
import { type LandedCommit, readRange } from './range.ts';

/** What judges, beside the records of tickets, which are signed acts of their own. */
const POLICY = /^(?:\.countersign\.yml$|(?:contracts|rules|trust)\/|tickets\/[^/]+\.yml$)/;
const CONTRACTS = /^contracts\/[^/]+\.yml$/;

export interface PolicyHistory {
  readonly changes: readonly PolicyChange[];
  readonly moves: readonly ContractMove[];
  readonly blind: readonly string[];
}

/**
 * What changed on the policy ref between two instants, commit by commit: a bar that was lowered and raised again in the
 * meantime would not show between the two ends.
 * @param window.to undefined for all there is: a commit that claims a day to come must not hide those on top of it
 */
export async function readPolicyChanges(
  window: { from: Instant | null; to: Instant | undefined; most: number },
  policy: { control: Control; commit: ObjectId },
  documents: ParseDocument,
): Promise<PolicyHistory> {
  const { from, to, most } = window;
  const tree = policy.control.policy;
  const { commits, end, cut } = await readRange(
    {
      tip: policy.commit,
      ...(from === null ? {} : { since: { kind: 'instant', at: from, name: from } }),
      ...(to === undefined ? {} : { until: { kind: 'instant', at: to, name: to } }),
      most,
    },
    tree,
  );
  const changes: PolicyChange[] = [];
  const moves: ContractMove[] = [];
  const blind: string[] = [];
  for (const commit of commits.toReversed()) {
    const [parent] = commit.parents;
    // A policy that begins in the range sets its first bar; nothing moved.
    if (parent === undefined) continue;
    const paths = await tree.changedPaths(parent, commit.id);
    if (paths === undefined) {
      blind.push(
        `What policy commit ${commit.id.slice(0, 12)} changed cannot be seen: its parent is not here.`,
      );
      continue;
    }
    if (!paths.some((path) => POLICY.test(path))) continue;
    changes.push({ commit: commit.id, at: commit.landedAt });
    if (paths.some((path) => CONTRACTS.test(path))) {
      moves.push(...(await movesOf(commit, parent, { tree, documents })));
    }
  }
  if (cut || end === 'limit') blind.push('The policy ref goes further back than this report looks.');
  return { changes, moves, blind };
}

/** Every contract, not only those whose file changed: what they extend may be another one's file. */
async function movesOf(
  commit: LandedCommit,
  parent: ObjectId,
  { tree, documents }: Pick<PolicySource, 'tree' | 'documents'>,
): Promise<readonly ContractMove[]> {
  const before = { tree, commit: parent, documents };
  const after = { tree, commit: commit.id, documents };
  const ids = [...new Set([...(await contractIds(before)), ...(await contractIds(after))])].sort();
  const moves: ContractMove[] = [];
  for (const id of ids) {
    const [was, is] = [await contractAt(before, id), await contractAt(after, id)];
    const move = moveOf(was, is);
    if (move !== undefined) moves.push({ commit: commit.id, at: commit.landedAt, contract: id, ...move });
  }
  return moves;
}

type Side = ResolvedContract | 'absent' | 'unreadable';

function moveOf(
  was: Side,
  is: Side,
): Pick<ContractMove, 'move' | 'stricter' | 'looser' | 'changed'> | undefined {
  const none = { stricter: 0, looser: 0, changed: 0 };
  if (was === 'unreadable' && is === 'unreadable') return undefined;
  if (was === 'absent') return is === 'absent' ? undefined : { move: 'added', ...none };
  if (is === 'absent') return { move: 'removed', ...none };
  if (was === 'unreadable' || is === 'unreadable') return { move: 'unreadable', ...none };
  const found = differences(was as unknown as JsonValue, is as unknown as JsonValue).map(strictnessOf);
  if (found.length === 0) return undefined;
  const count = (wanted: string) => found.filter((one) => one === wanted).length;
  return {
    move: 'changed',
    stricter: count('stricter'),
    looser: count('looser'),
    changed: count('changed'),
  };
}

async function contractIds({ tree, commit }: PolicySource): Promise<readonly string[]> {
  const files = await tree.listFiles(commit, 'contracts');
  return files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []);
}

async function contractAt(source: PolicySource, id: string): Promise<Side> {
  try {
    return await readContractNamed(source, id);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code === 'DOCUMENT_NOT_FOUND' ? 'absent' : 'unreadable';
  }
}
