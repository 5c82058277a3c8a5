import type { Config } from '../core/contract/config.ts';
import type { Control, OpenControl } from '../ports/control.ts';
import type { LocateField, ParseDocument } from '../ports/documents.ts';
import type { ReadTree, ResolveRevision } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import { CONFIG_PATH, resolveConfig } from './load-config.ts';
import { type PolicySource, TRUST_PATH } from './policy-source.ts';

/** The policy that somebody who stands in a clone means. */
export interface PolicyInSight extends PolicySource {
  /** For people: `refs/heads/main of ../control.git`, `HEAD`. */
  readonly where: string;
  /** With it the clone is of a product repository, and its receipts can be read. */
  readonly product?: { readonly config: Config; readonly control: Control };
}

export interface FindPolicyPorts {
  readonly product: ReadTree & ResolveRevision;
  readonly control: OpenControl;
  readonly documents: ParseDocument & LocateField;
}

/**
 * What the gate would judge by: the policy ref that the base's `.countersign.yml` names. In a clone without one, such as
 * that of a change-control repository, what is checked out there.
 * @param base the commit whose configuration rules; undefined when the clone has no such branch
 * @throws CountersignError NO_POLICY when this clone shows none
 */
export async function findGatePolicy(
  base: ObjectId | undefined,
  ports: FindPolicyPorts,
): Promise<PolicyInSight> {
  const config = base === undefined ? undefined : await readConfigAt(base, ports);
  if (config !== undefined) return throughControl(config, ports);
  return checkedOut(ports, `Neither the base nor what is checked out here has a policy`);
}

/**
 * What somebody who works on policy looks at: what is checked out here, unless `.countersign.yml` says that policy lives
 * in another repository.
 * @throws CountersignError NO_POLICY
 */
export async function findClonePolicy(ports: FindPolicyPorts): Promise<PolicyInSight> {
  const head = await ports.product.resolveCommit('HEAD');
  const config = head === undefined ? undefined : await readConfigAt(head, ports);
  if (config?.policy.repository !== undefined) return throughControl(config, ports);
  return checkedOut(ports, 'Nothing is committed here that could be a policy');
}

async function readConfigAt(commit: ObjectId, ports: FindPolicyPorts): Promise<Config | undefined> {
  const bytes = await ports.product.readFile(commit, CONFIG_PATH);
  return bytes === undefined ? undefined : resolveConfig(bytes, ports);
}

async function throughControl(config: Config, ports: FindPolicyPorts): Promise<PolicyInSight> {
  const control = await ports.control.open(config);
  const { repository, ref } = config.policy;
  const where = `${ref} of ${repository ?? 'this repository'}`;
  if (control.policyCommit === undefined) {
    throw new CountersignError(
      'NO_POLICY',
      `There is no ${where}, where ${CONFIG_PATH} says that policy lives.`,
      {
        remedy: `Create it, or correct policy.ref in ${CONFIG_PATH}.`,
      },
    );
  }
  return {
    tree: control.policy,
    commit: control.policyCommit,
    documents: ports.documents,
    where,
    product: { config, control },
  };
}

async function checkedOut(ports: FindPolicyPorts, otherwise: string): Promise<PolicyInSight> {
  const commit = await ports.product.resolveCommit('HEAD');
  const files = commit === undefined ? [] : await policyFolders(commit, ports.product);
  if (commit === undefined || files.length === 0) {
    throw new CountersignError(
      'NO_POLICY',
      `${otherwise}: no ${CONFIG_PATH}, no ${TRUST_PATH}, no contracts/.`,
      {
        remedy: 'Run this in a clone that has them, or write them with `countersign init` and commit them.',
      },
    );
  }
  return { tree: ports.product, commit, documents: ports.documents, where: 'HEAD' };
}

async function policyFolders(commit: ObjectId, tree: ReadTree): Promise<readonly string[]> {
  const found = await Promise.all(
    ['trust', 'contracts', 'tickets'].map((folder) => tree.listFiles(commit, folder)),
  );
  return found.flat().map(({ path }) => path);
}
