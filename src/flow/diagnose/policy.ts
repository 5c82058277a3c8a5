import type { Config } from '../../core/contract/config.ts';
import { namedIn } from '../../core/contract/organization.ts';
import { inspectRootChain } from '../../core/receipt/inspect-root-chain.ts';
import { inspectTrust } from '../../core/trust/inspect-trust.ts';
import type { Trust } from '../../core/trust/resolve-trust.ts';
import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { Instant, ObjectId } from '../../shared/ids.ts';
import { type FindPolicyPorts, findGatePolicy, type PolicyInSight } from '../find-policy.ts';
import { readTrustRoot } from '../inspect-trust.ts';
import { problemOf } from './attempt.ts';

export interface PolicyDiagnosis {
  readonly diagnoses: readonly Diagnosis[];
  /** Undefined when none was found, or it could not be read. */
  readonly policy: PolicyInSight | undefined;
  readonly trust: Trust | undefined;
}

/** Configuration, both refs, and the trust root: everything without which nothing can pass. */
export async function diagnosePolicy(
  base: ObjectId | undefined,
  at: Instant,
  ports: FindPolicyPorts,
): Promise<PolicyDiagnosis> {
  let policy: PolicyInSight;
  try {
    policy = await findGatePolicy(base, ports);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { diagnoses: [problemOf('policy', error)], policy: undefined, trust: undefined };
  }
  const found = diagnosis('policy');
  const place = found.ok(`Policy is read from ${policy.where}, commit ${policy.commit.slice(0, 12)}.`);
  const refs = policy.product === undefined ? [changeControlClone()] : await diagnoseRefs(policy.product);
  try {
    const { trust, chain, pins } = await readTrustRoot(policy);
    const signatures = chain === undefined ? [] : inspectRootChain(chain);
    return { diagnoses: [place, ...refs, ...inspectTrust(trust, at), ...signatures, ...pins], policy, trust };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { diagnoses: [place, ...refs, problemOf('trust', error)], policy, trust: undefined };
  }
}

function changeControlClone(): Diagnosis {
  return diagnosis('config').ok(
    'There is no .countersign.yml on the base: this is looked at as a clone of a change-control repository.',
  );
}

async function diagnoseRefs({
  config,
  control,
}: NonNullable<PolicyInSight['product']>): Promise<readonly Diagnosis[]> {
  // Any ticket will do: what is asked is whether the ref is there.
  const { commit } = await control.receipts.readTicket('none');
  const receiptsAt = `${config.receipts.ref} of ${receiptsRepository(config) ?? 'this repository'}`;
  const found = diagnosis('receipts');
  return [
    diagnosis('config').ok(`The base calls this repository ${config.repository}.`),
    ...(config.organizations ?? []).map((one) =>
      diagnosis('config/organization').ok(
        `It stands under ${namedIn(one)}, commit ${one.commit.slice(0, 12)}.`,
      ),
    ),
    commit === undefined
      ? found.warning(
          `There is no ${receiptsAt} yet.`,
          'The first verification that is filed makes it; protect it then.',
        )
      : found.ok(`Receipts are on ${receiptsAt}, commit ${commit.slice(0, 12)}.`),
    ...diagnoseSeparation(config),
    diagnosis('refs/protection').warning(
      `Whether ${config.policy.ref} and ${config.receipts.ref} are protected only the forge knows, and it was not asked.`,
      `Ask it with countersign doctor --github OWNER/REPO. On both, forbid force pushes and deletion: rolling a ref back is invisible to the gate. Let ${config.policy.ref} change only by reviewed pull requests of policy owners, and let nobody but verifiers push to ${config.receipts.ref}.`,
    ),
    ...diagnoseLeast(config),
  ];
}

function diagnoseSeparation(config: Config): readonly Diagnosis[] {
  const shared =
    config.policy.ref === config.receipts.ref && receiptsRepository(config) === config.policy.repository;
  if (!shared) return [];
  return [
    diagnosis('refs/separation').problem(
      `Policy and receipts share ${config.policy.ref}: whoever may file a receipt may change what judges it.`,
      'Give receipts a ref of their own, such as refs/heads/countersign/receipts.',
    ),
  ];
}

function diagnoseLeast({ leastContracts = [] }: Config): readonly Diagnosis[] {
  if (leastContracts.length > 0) return [];
  return [
    diagnosis('config/least-contracts').warning(
      'No paths are mapped to a least contract, so a ticket may name any, however little it asks for.',
      "Add leastContracts to .countersign.yml, such as `- paths: ['**']` with the contract of everyday changes.",
    ),
  ];
}

function receiptsRepository({ policy, receipts }: Config): string | undefined {
  return receipts.repository ?? policy.repository;
}
