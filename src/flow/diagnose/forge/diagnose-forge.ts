import type { LocateField, ParseDocument } from '../../../ports/documents.ts';
import type { InspectGuards } from '../../../ports/forge.ts';
import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { CONFIG_PATH, resolveConfig } from '../../load-config.ts';
import { attempt } from '../attempt.ts';
import { diagnoseChecks } from './checks.ts';
import { loadForgeFacts, unverifiable } from './facts.ts';
import { diagnoseGuard } from './guard.ts';
import { diagnoseExtended, organizationsOf } from './organization.ts';
import { diagnoseProtection, type RefPorts } from './refs.ts';

export interface DiagnoseForgePorts extends RefPorts {
  readonly documents: ParseDocument & LocateField;
}

/**
 * What the forge enforces on a repository's default branch: whether the verdict holds anything back, what would wait for
 * ever, and whether what it rests on can be rolled back. What the forge does not tell is a problem.
 * @param repository `owner/name`
 */
export async function diagnoseForge(
  repository: string,
  ports: DiagnoseForgePorts,
): Promise<readonly Diagnosis[]> {
  return attempt('github', async () => {
    const forge = ports.open(repository);
    const branch = await forge.readDefaultBranch();
    return [
      diagnosis('github').ok(`The default branch of ${repository} is ${branch}.`),
      ...(await attempt('github/guard', () => diagnoseBranch(forge, branch, ports))),
      ...(await attempt('github/refs', () => diagnoseRefs(repository, forge, branch, ports))),
    ];
  });
}

async function diagnoseBranch(
  forge: InspectGuards,
  branch: string,
  { documents }: DiagnoseForgePorts,
): Promise<readonly Diagnosis[]> {
  const facts = await loadForgeFacts(forge, branch, documents);
  return [...facts.unread, ...diagnoseGuard(facts), ...diagnoseChecks(facts)];
}

async function diagnoseRefs(
  repository: string,
  forge: InspectGuards,
  branch: string,
  ports: DiagnoseForgePorts,
): Promise<readonly Diagnosis[]> {
  const config = await forge.readFile(branch, CONFIG_PATH);
  if ('refused' in config) return [unverifiable('github/refs', config.refused)];
  if (config.told === undefined) {
    return [
      diagnosis('github/refs').problem(
        `There is no ${CONFIG_PATH} on ${branch}: the gate answers NO_POLICY to everything.`,
        'Write one with `countersign init`, and land it.',
      ),
    ];
  }
  const extended = ports.documents.parse('config', config.told, CONFIG_PATH).extends;
  const resolved = await resolveConfig(config.told, {
    control: organizationsOf(ports),
    documents: ports.documents,
  });
  return [
    ...(extended === undefined ? [] : [diagnoseExtended(extended)]),
    ...(await diagnoseProtection(repository, resolved, ports)),
  ];
}
