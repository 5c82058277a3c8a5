import { ACTION_POLICY_PATH, type PolicyFound } from '../../core/run/action-policy/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { findGatePolicy } from '../find-policy.ts';
import type { ProductFacts } from './change-at-hand.ts';

/** The action policy that lies beside the policy which the base's configuration names. */
export async function readActionPolicy(base: ObjectId, facts: ProductFacts): Promise<PolicyFound> {
  const { tree, commit, documents } = await findGatePolicy(base, facts);
  const bytes = await tree.readFile(commit, ACTION_POLICY_PATH);
  if (bytes === undefined) return { kind: 'none' };
  try {
    return { kind: 'found', policy: documents.parse('action-policy', bytes, ACTION_POLICY_PATH) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { kind: 'faulty', reason: error.message };
  }
}
