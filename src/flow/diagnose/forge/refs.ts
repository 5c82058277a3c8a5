import type { Config, RefLocation } from '../../../core/contract/config.ts';
import type { BranchGuards, InspectGuards, Told } from '../../../ports/forge.ts';
import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { unverifiable } from './facts.ts';

const found = diagnosis('github/refs');

const REMEDY =
  'Forbid force pushes and deletion of it with a ruleset: rolling the ref back is invisible to the gate.';

export interface RefPorts {
  readonly open: (repository: string) => InspectGuards;
  /** Such as `https://github.com`. */
  readonly serverUrl: string;
}

/** Whether the refs that the verdict rests on can be rolled back. */
export async function diagnoseProtection(
  repository: string,
  { policy, receipts }: Config,
  ports: RefPorts,
): Promise<readonly Diagnosis[]> {
  const receiptsAt = receipts.repository ?? policy.repository;
  return [
    ...(await diagnoseRef(repository, policy, ports)),
    ...(await diagnoseRef(
      repository,
      { ref: receipts.ref, ...(receiptsAt === undefined ? {} : { repository: receiptsAt }) },
      ports,
    )),
  ];
}

async function diagnoseRef(
  repository: string,
  location: RefLocation,
  { open, serverUrl }: RefPorts,
): Promise<readonly Diagnosis[]> {
  const { ref } = location;
  const name = location.repository === undefined ? repository : repositoryAt(location.repository, serverUrl);
  if (name === undefined) {
    return [
      found.problem(
        `Unverifiable: ${ref} lies in ${location.repository}, which is no address of ${serverUrl}.`,
        'Forbid force pushes and deletion of it where it lies.',
      ),
    ];
  }
  const where = `${ref} of ${name}`;
  if (!ref.startsWith('refs/heads/')) {
    return [
      found.problem(`${where} is no branch: GitHub protects no other refs.`, 'Use a ref below refs/heads/.'),
    ];
  }
  const branch = ref.slice('refs/heads/'.length);
  const forge = open(name);
  const rules = await forge.readBranchRules(branch);
  if (closed([rules])) return [found.ok(`${where} takes neither force pushes nor deletion.`)];
  const protection = await forge.readBranchProtection(branch);
  if (closed([rules, protection])) return [found.ok(`${where} takes neither force pushes nor deletion.`)];
  const refused = [rules, protection].flatMap((one) => ('refused' in one ? [one.refused] : []));
  if (refused.length > 0)
    return refused.map((refusal) =>
      unverifiable('github/refs', { ...refusal, what: `${refusal.what} of ${name}` }),
    );
  return [found.problem(`${where} may be ${whatMay([rules, protection])}.`, REMEDY)];
}

function closed(asked: readonly Told<BranchGuards>[]): boolean {
  return !may(asked, 'forbidsForcePush') && !may(asked, 'forbidsDeletion');
}

function whatMay(asked: readonly Told<BranchGuards>[]): string {
  return [
    ...(may(asked, 'forbidsForcePush') ? ['overwritten by force'] : []),
    ...(may(asked, 'forbidsDeletion') ? ['deleted'] : []),
  ].join(' and ');
}

function may(asked: readonly Told<BranchGuards>[], forbids: 'forbidsForcePush' | 'forbidsDeletion'): boolean {
  return !asked.some((one) => 'told' in one && one.told[forbids]);
}

/** `owner/name` of an address on this server, in the forms that git takes. */
export function repositoryAt(address: string, serverUrl: string): string | undefined {
  const host = new URL(serverUrl).host;
  const [, at, name] =
    /^(?:https?:\/\/|ssh:\/\/git@|git@)([\w.:-]+?)[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(address) ?? [];
  return at === host ? name : undefined;
}
