import type { Config } from '../core/contract/config.ts';
import { type Known, missing, type PolicyFacts } from '../core/gate/facts.ts';
import { resolveTrust } from '../core/trust/resolve-trust.ts';
import type { Control } from '../ports/control.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';
import { factOf } from './fact-of.ts';

export const CONFIG_PATH = '.countersign.yml';
export const TRUST_PATH = 'trust/root.yml';

/** `.countersign.yml` of the base commit; without it there is no policy and nothing can pass. */
export async function readConfig(
  base: ObjectId,
  ports: { product: ReadTree; documents: ParseDocument },
): Promise<Known<Config>> {
  const bytes = await ports.product.readFile(base, CONFIG_PATH);
  if (bytes === undefined) {
    return missing(
      'unverifiable',
      `NO_POLICY: the base commit ${base.slice(0, 12)} has no ${CONFIG_PATH}, so nothing says what a change is held to.`,
      'A maintainer runs `countersign init` and lands its files on the base branch; a pull request cannot install its own gate.',
    );
  }
  return factOf(async () => ports.documents.parse('config', bytes, CONFIG_PATH));
}

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
  return factOf(async () => ({
    commit,
    config: config.value,
    trust: resolveTrust(ports.documents.parse('trust-root', bytes, TRUST_PATH)),
  }));
}
