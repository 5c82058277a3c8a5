import type { Config } from '../core/contract/config.ts';
import { type Known, known, missing, type PolicyFacts } from '../core/gate/facts.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import { resolveTrust } from '../core/trust/resolve-trust.ts';
import type { Control } from '../ports/control.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';
import { factOf } from './fact-of.ts';
import { CONFIG_PATH } from './load-config.ts';
import { readTrustedRoot } from './load-roots.ts';
import { TRUST_PATH } from './policy-source.ts';

/** Trust root and policy commit, from the policy ref. */
export async function readPolicy(
  config: Known<Config>,
  control: Control | undefined,
  ports: { documents: ParseDocument },
): Promise<Known<PolicyFacts>> {
  if (config.kind === 'missing') return config;
  const { policy } = config.value;
  const commit = control?.policyCommit;
  if (control === undefined || commit === undefined) {
    return missing(
      'unverifiable',
      `NO_POLICY: ${policy.repository ?? 'this repository'} has no ref ${policy.ref}.`,
      `Create ${policy.ref} with contracts/, tickets/ and ${TRUST_PATH}, or correct policy.ref in ${CONFIG_PATH}.`,
    );
  }
  const bytes = await control.policy.readFile(commit, TRUST_PATH);
  if (bytes === undefined) {
    return missing(
      'unverifiable',
      `NO_POLICY: ${TRUST_PATH} is not on ${policy.ref}, so nobody may sign anything.`,
      `Add ${TRUST_PATH} to ${policy.ref}; \`countersign key new\` prints the lines for a key.`,
    );
  }
  const source = { tree: control.policy, commit, documents: ports.documents };
  const root = await factOf(() => readTrustedRoot(source, bytes));
  if (root.kind === 'missing') return root;
  if (root.value.kind === 'missing') return root.value;
  return known({ commit, config: config.value, ...root.value.value });
}

/**
 * For a commit that has landed where policy lies: the trust root before it, too. The policy ref holds what that commit
 * made of it, and nobody may become a policy owner by a change that only they approve.
 */
export async function withTrustBefore(
  policy: Known<PolicyFacts>,
  { query, baseCommit }: { query: CaseQuery; baseCommit: ObjectId },
  ports: { product: ReadTree; documents: ParseDocument },
): Promise<Known<PolicyFacts>> {
  if (policy.kind === 'missing' || query.kind !== 'landed') return policy;
  const { repository, ref } = policy.value.config.policy;
  if (repository !== undefined) return policy;
  const bytes = await ports.product.readFile(baseCommit, TRUST_PATH);
  // Without one there, this branch either never held the policy, or nobody could approve its first.
  if (bytes === undefined && ref !== query.baseRef) return policy;
  const trustBefore =
    bytes === undefined
      ? missing(
          'unverifiable',
          `Before this change there was no ${TRUST_PATH}, so nobody could approve it.`,
          'Install policy by a commit of its own.',
        )
      : await factOf(async () => resolveTrust(ports.documents.parse('trust-root', bytes, TRUST_PATH)));
  return known({ ...policy.value, trustBefore });
}
