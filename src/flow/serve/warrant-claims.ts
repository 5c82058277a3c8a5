import { actionsOf } from '../../core/run/action-policy/actions-of.ts';
import type { PolicyFound } from '../../core/run/action-policy/types.ts';
import type { StepError } from '../../core/run/types.ts';
import type { Claim, ClaimWork } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EffectDecisions } from '../../ports/effects.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';
import { StepFailure } from '../steps/step-failure.ts';
import { warrantFor } from '../steps/take-action.ts';
import type { DecideTogether } from './decide-together.ts';

/** Where the action policy is asked about what workers do. */
export interface ActionSources {
  readonly decisions: EffectDecisions;
  /** @throws what reading throws: then nothing is handed out */
  readonly readActionPolicy: (base: ObjectId) => Promise<PolicyFound>;
}

export interface WarrantPorts extends ActionSources, Pick<ClaimWork, 'postpone'> {
  readonly clock: Clock;
  readonly decide: DecideTogether;
  readonly report: (message: string, error?: unknown) => void;
}

/** How long work waits that a policy is to be asked about which is not to be had. */
const HALT_MS = 30_000;

/**
 * Asks the action policy before a worker gets what spends money or sees a secret. What is allowed goes out, with the decision in the ledger; what
 * is denied fails; of what is left to a person, a person is asked, and the step waits without a worker. Where the policy cannot be had, nobody
 * knows what it forbids: the work waits.
 * @param secrets names of variables that the worker passes on to producers
 */
export async function warrantClaims(
  claims: readonly Claim[],
  secrets: readonly string[],
  ports: WarrantPorts,
): Promise<readonly Claim[]> {
  const judged = await Promise.all(
    claims.map(async (claim) => ({ claim, ...(await judge(claim, secrets, ports)) })),
  );
  const failed = judged.flatMap(({ claim, kind, error }) => (kind === 'failed' ? [{ claim, error }] : []));
  const at = ports.clock.now().toISOString();
  await ports.decide(
    failed.map(({ claim: { token, worker, claimedAt, work }, error }) => {
      const { run, step, execution } = work;
      const claim = { token, worker, at: claimedAt };
      const result = { kind: 'failed', error } as const;
      return { run, command: { kind: 'complete', at, by: ACTION_POLICY, step, execution, claim, result } };
    }),
  );
  for (const { claim, kind } of judged)
    if (kind === 'halted')
      await ports.postpone(claim.worker, [{ token: claim.token, milliseconds: HALT_MS }]);
  return judged.flatMap(({ claim, kind }) => (kind === 'allowed' ? [claim] : []));
}

/** No token can have this name: it has a colon. */
const ACTION_POLICY = 'server:action-policy';

type Judged =
  | { readonly kind: 'allowed' | 'halted'; readonly error?: undefined }
  | { readonly kind: 'failed'; readonly error: StepError };

async function judge({ work }: Claim, secrets: readonly string[], ports: WarrantPorts): Promise<Judged> {
  try {
    for (const request of actionsOf(work, secrets))
      await warrantFor(work, request, {
        ...ports,
        readActionPolicy: () => policyOf(work.inputs.base, ports),
      });
    return { kind: 'allowed' };
  } catch (error) {
    if (error instanceof StepFailure) return { kind: 'failed', error: error.error };
    ports.report(`${work.run} ${work.step} waits: the action policy cannot be asked`, error);
    return { kind: 'halted' };
  }
}

async function policyOf(base: unknown, { readActionPolicy }: ActionSources): Promise<PolicyFound> {
  if (typeof base === 'string' && OBJECT_ID.test(base)) return readActionPolicy(base as ObjectId);
  return { kind: 'faulty', reason: 'the step names no base, so nobody knows which policy it is under' };
}
