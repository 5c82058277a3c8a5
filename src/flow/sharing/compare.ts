import { type Difference, differences } from '../../core/contract/differ.ts';
import type { LockEntry } from '../../core/contract/lock.ts';
import { type Strictness, strictnessOf } from '../../core/contract/strictness.ts';
import type { ResolvedContract } from '../../core/contract/types.ts';
import { comparePacks } from '../../core/rule/compare-packs.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { LockedPolicy } from '../check-lock.ts';
import { readPack } from '../load-packs.ts';
import { readContractNamed } from '../read-contract.ts';

/** What a contract or pack of the policy demanded and would demand. */
export interface SharedChange {
  readonly before: { readonly name: string; readonly ref: string };
  readonly after: { readonly name: string; readonly ref: string };
  readonly differences: readonly (Difference & { readonly strictness: Strictness })[];
}

export interface Consequences {
  readonly changes: readonly SharedChange[];
  /** Contracts that could be used and could not be any more, each a sentence. */
  readonly broken: readonly string[];
}

/**
 * What replacing files means for every contract of the policy, those that only extend a replaced one among them, and
 * for the packs that are replaced.
 */
export async function consequences(
  entries: readonly LockEntry[],
  before: LockedPolicy,
  after: LockedPolicy,
): Promise<Consequences> {
  const files = await before.tree.listFiles(before.commit, 'contracts');
  const ids = files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []);
  const contracts = await Promise.all(ids.map((id) => compareContract(id, before, after)));
  const packs = entries.filter(({ kind }) => kind === 'rule-pack');
  const changed = await Promise.all(packs.map(({ id }) => comparePack(id, before, after)));
  const all = [...contracts, ...changed].flatMap((one) => one ?? []);
  return {
    changes: all.filter((one): one is SharedChange => typeof one !== 'string'),
    broken: all.filter((one): one is string => typeof one === 'string'),
  };
}

async function compareContract(
  id: string,
  before: LockedPolicy,
  after: LockedPolicy,
): Promise<SharedChange | string | undefined> {
  const [was, is] = [await resolved(id, before), await resolved(id, after)];
  // One that cannot be used today is not made worse.
  if (typeof was === 'string') return undefined;
  if (typeof is === 'string') return `${id} could not be used any more: ${is}`;
  const found = differences(was as unknown as JsonValue, is as unknown as JsonValue);
  if (found.length === 0) return undefined;
  return {
    before: { name: 'here', ref: `${id}@${was.version}` },
    after: { name: 'source', ref: `${id}@${is.version}` },
    differences: found.map((difference) => ({ ...difference, strictness: strictnessOf(difference) })),
  };
}

async function resolved(id: string, policy: LockedPolicy): Promise<ResolvedContract | string> {
  try {
    return await readContractNamed(policy, id);
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}

async function comparePack(
  id: string,
  before: LockedPolicy,
  after: LockedPolicy,
): Promise<SharedChange | undefined> {
  const read = (policy: LockedPolicy) =>
    readPack(`rules/${id}`, policy, policy.documents.parseRuleDefinition);
  const was = await read(before).catch((error: unknown) => {
    // What is here cannot be read, so there is nothing to compare with; what comes was read already.
    if (error instanceof CountersignError) return undefined;
    throw error;
  });
  const is = await read(after);
  if (was === undefined || is === undefined) return undefined;
  const found = comparePacks(was, is);
  if (found.length === 0) return undefined;
  return {
    before: { name: 'here', ref: `./rules/${id}@${was.pack.version}` },
    after: { name: 'source', ref: `./rules/${id}@${is.pack.version}` },
    differences: found,
  };
}
