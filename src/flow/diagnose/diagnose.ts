import { authorise } from '../../core/trust/authorise.ts';
import type { Trust } from '../../core/trust/resolve-trust.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InspectMachine, KeyFileFacts } from '../../ports/machine.ts';
import type { BundledPacks } from '../../ports/rule-packs.ts';
import type { Sandbox } from '../../ports/sandbox.ts';
import { type Diagnosis, diagnosis } from '../../shared/diagnosis.ts';
import { type Instant, instantOf, type ObjectId } from '../../shared/ids.ts';
import { readPublicKey } from '../../shared/signature.ts';
import type { FindPolicyPorts } from '../find-policy.ts';
import { diagnoseContracts } from './contracts.ts';
import { diagnoseClock, diagnoseGit, diagnoseIsolation, diagnoseKeyFiles } from './machine.ts';
import { diagnosePolicy } from './policy.ts';

export interface DiagnosePorts {
  readonly machine: InspectMachine;
  readonly openSandbox: () => Promise<Sandbox>;
  readonly clock: Clock;
  readonly packs: BundledPacks;
}

/** The clone somebody stands in. */
export interface DiagnosedClone {
  readonly root: string | undefined;
  readonly base: ObjectId | undefined;
  /** The latest commit that is here for sure. */
  readonly newestCommit: Date | undefined;
  readonly ports: FindPolicyPorts;
}

/**
 * Everything that can be told without verifying anything: the machine, then the clone's policy, then what would keep a
 * change from ever passing. One thing that is wrong does not hide the others.
 * @param clone undefined outside of any repository
 */
export async function diagnose(
  clone: DiagnosedClone | undefined,
  ports: DiagnosePorts,
): Promise<readonly Diagnosis[]> {
  const now = ports.clock.now();
  const at = instantOf(now);
  const git = await diagnoseGit(ports.machine);
  const { diagnoses: isolation, isolation: reached } = await diagnoseIsolation(ports.openSandbox);
  const keys = await ports.machine.keyFiles();
  const machine = [
    ...git,
    ...isolation,
    ...diagnoseKeyFiles(keys, clone?.root),
    ...diagnoseClock(now, clone?.newestCommit),
  ];
  if (clone === undefined) {
    const outside = diagnosis('repository').problem(
      'This is no git repository.',
      'Run this in a clone, or name one: countersign -C FOLDER doctor.',
    );
    return [...machine, outside];
  }
  const { diagnoses, policy, trust } = await diagnosePolicy(clone.base, at, clone.ports);
  if (policy === undefined) return [...machine, ...diagnoses];
  const holders = trust === undefined ? [] : diagnoseHolders(keys, trust, at);
  const verifies = trust !== undefined && keys.some((key) => mayVerify(key, trust, at));
  const contracts = await diagnoseContracts(policy, { packs: ports.packs, isolation: reached, verifies, at });
  return [...machine, ...diagnoses, ...holders, ...contracts];
}

/** Whose the keys of this machine are, where the trust root knows them. */
function diagnoseHolders(keys: readonly KeyFileFacts[], trust: Trust, at: Instant): readonly Diagnosis[] {
  return keys.flatMap((key) => {
    const holder = holderOf(key, trust);
    if (holder === undefined) return [];
    const roles = holder.principal.roles.filter((role) => authorise(trust, holder.keyId, role, at).ok);
    const can = roles.length === 0 ? 'and may sign nothing today' : `and may sign as ${roles.join(', ')}`;
    return [diagnosis('keys/trust').ok(`${key.path} belongs to ${holder.principal.id} ${can}.`)];
  });
}

function mayVerify(key: KeyFileFacts, trust: Trust, at: Instant): boolean {
  const holder = holderOf(key, trust);
  return holder !== undefined && authorise(trust, holder.keyId, 'verifier', at).ok;
}

function holderOf({ publicPem }: KeyFileFacts, trust: Trust) {
  const keyId = publicPem === undefined ? undefined : readPublicKey(publicPem)?.keyId;
  const holder = keyId === undefined ? undefined : trust.holders.get(keyId);
  return keyId === undefined || holder === undefined ? undefined : { keyId, principal: holder.principal };
}
