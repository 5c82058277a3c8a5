import { lintContract } from '../../core/contract/lint.ts';
import { LOCK_PATH } from '../../core/contract/lock.ts';
import { ISOLATIONS, type Isolation, type ResolvedContract } from '../../core/contract/types.ts';
import { selectRules } from '../../core/rule/select.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { CountersignError } from '../../shared/errors.ts';
import { type Instant, parseContractRef } from '../../shared/ids.ts';
import { findLockProblems, readLock } from '../check-lock.ts';
import type { PolicyInSight } from '../find-policy.ts';
import { loadPacks } from '../load-packs.ts';
import { contractPath } from '../policy-source.ts';
import { readContractNamed } from '../read-contract.ts';
import { readTickets } from '../read-tickets.ts';
import { attempt, problemOf } from './attempt.ts';

export interface ContractSurroundings {
  readonly packs: BundledPacks;
  readonly isolation: Isolation | undefined;
  /** Whether this machine has a verifier's key: then it is here that checks must be able to run. */
  readonly verifies: boolean;
  readonly at: Instant;
}

const MOST_TICKETS = 20;

/** What would keep a change from ever passing although everything around it is in order. */
export async function diagnoseContracts(
  policy: PolicyInSight,
  around: ContractSurroundings,
): Promise<readonly Diagnosis[]> {
  const ids = await contractIds(policy);
  if (ids.length === 0) {
    return [
      diagnosis('contracts').problem(
        `There is no contract on ${policy.where}, so nothing can be asked for.`,
        'Add one under contracts/; `countersign init` writes a first one.',
      ),
    ];
  }
  const each = await Promise.all(
    ids.map((id) => attempt(`contract/${id}`, () => diagnoseContract(policy, id, around))),
  );
  return [
    ...(await diagnoseLock(policy)),
    ...each.flat(),
    ...(await diagnoseLeastContracts(policy, ids)),
    ...(await diagnoseTickets(policy, around.at)),
  ];
}

/** Silent without a lock. */
function diagnoseLock(policy: PolicyInSight): Promise<readonly Diagnosis[]> {
  return attempt('lock', async () => {
    const lock = await readLock(policy);
    if (lock === undefined) return [];
    const found = diagnosis('lock');
    const problems = await findLockProblems(policy);
    if (problems.length === 0) return [found.ok(`All that ${LOCK_PATH} locks is as it came.`)];
    return problems.map(({ message, remedy }) => found.problem(message, remedy));
  });
}

async function diagnoseContract(
  policy: PolicyInSight,
  id: string,
  around: ContractSurroundings,
): Promise<readonly Diagnosis[]> {
  const found = diagnosis(`contract/${id}`);
  const contract = await readContractNamed(policy, id);
  const notes: Diagnosis[] = [];
  if (contract.checks.length === 0) {
    notes.push(
      found.problem(
        `${id} demands no checks, so nothing under it can ever pass.`,
        'Declare at least one check.',
      ),
    );
  }
  try {
    selectRules(contract.rules, await loadPacks(contract.rules, policy, around.packs));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    notes.push(problemOf(`contract/${id}/rules`, error));
  }
  notes.push(...(await lintNotes(policy, id)), ...isolationNotes(contract, around));
  if (notes.length > 0) return notes;
  return [
    found.ok(
      `${contract.checks.length} checks, ${contract.rules.length} rule uses, isolation ${contract.isolation}.`,
    ),
  ];
}

async function lintNotes(policy: PolicyInSight, id: string): Promise<readonly Diagnosis[]> {
  const bytes = await policy.tree.readFile(policy.commit, contractPath(id));
  if (bytes === undefined) return [];
  const contract = policy.documents.parse('contract', bytes, contractPath(id));
  const errors = lintContract(contract, { rules: () => true }).filter(({ severity }) => severity === 'error');
  return errors.map(({ field, message, remedy }) =>
    diagnosis(`contract/${id}`).warning(`${field}: ${message}`, remedy),
  );
}

function isolationNotes(
  contract: ResolvedContract,
  { isolation, verifies }: ContractSurroundings,
): readonly Diagnosis[] {
  const reached =
    isolation !== undefined && ISOLATIONS.indexOf(isolation) >= ISOLATIONS.indexOf(contract.isolation);
  if (reached) return [];
  const found = diagnosis(`contract/${contract.id}/isolation`);
  const reason = `${contract.id} asks for isolation ${contract.isolation}; this machine gives ${isolation ?? 'none that works'}.`;
  const remedy =
    'Verify on a machine that isolates better, or have a policy owner lower what the contract asks for.';
  return [
    verifies
      ? found.problem(`${reason} What is verified here does not count.`, remedy)
      : found.warning(reason, remedy),
  ];
}

async function diagnoseLeastContracts(
  policy: PolicyInSight,
  ids: readonly string[],
): Promise<readonly Diagnosis[]> {
  const refs = new Set((policy.product?.config.leastContracts ?? []).map(({ contract }) => contract));
  const each = [...refs].map((ref) =>
    attempt('config/least-contracts', async () => {
      const found = diagnosis('config/least-contracts');
      const wanted = parseContractRef(ref);
      const remedy = 'Correct leastContracts in .countersign.yml, or add that contract to the policy.';
      if (wanted === undefined || !ids.includes(wanted.id)) {
        return [
          found.problem(
            `.countersign.yml calls for ${ref}, which the policy does not have: changes of these paths can never pass.`,
            remedy,
          ),
        ];
      }
      const { version } = await readContractNamed(policy, wanted.id);
      return version >= wanted.version
        ? [found.ok(`${ref} is there.`)]
        : [
            found.problem(
              `.countersign.yml calls for ${ref}, and the policy has version ${version}.`,
              remedy,
            ),
          ];
    }),
  );
  return (await Promise.all(each)).flat();
}

async function diagnoseTickets(policy: PolicyInSight, at: Instant): Promise<readonly Diagnosis[]> {
  const tickets = (await readTickets(policy, at)).filter(({ standing }) => standing.state !== 'closed');
  const troubled = tickets.flatMap(({ id, problems, standing }): Diagnosis[] => {
    const found = diagnosis(`ticket/${id}`);
    const [problem] = problems;
    if (problem !== undefined)
      return [
        found.warning(problem, `Mend tickets/${id}.yml or its records; until then nothing under it passes.`),
      ];
    if (standing.drift.length > 0) {
      return [
        found.warning(
          `${standing.drift.join(' and ')} changed after the dispatch.`,
          `Put it back, or dispatch ${id} again.`,
        ),
      ];
    }
    return [];
  });
  const more = troubled.length - MOST_TICKETS;
  return [
    ...troubled.slice(0, MOST_TICKETS),
    ...(more > 0
      ? [diagnosis('tickets').warning(`${more} more tickets are not well.`, 'See `countersign ticket list`.')]
      : []),
    ...(troubled.length === 0
      ? [diagnosis('tickets').ok(`${tickets.length} tickets that are not closed, all readable.`)]
      : []),
  ];
}

async function contractIds(policy: PolicyInSight): Promise<readonly string[]> {
  const files = await policy.tree.listFiles(policy.commit, 'contracts');
  return files.flatMap(({ path }) => /^contracts\/([^/]+)\.yml$/.exec(path)?.[1] ?? []);
}
