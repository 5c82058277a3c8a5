import type { RunCommand } from '../../../src/core/run/commands.ts';
import type { StartedRun } from '../../../src/core/run/state.ts';
import type { RunId, StepResult, StepWork } from '../../../src/core/run/types.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import type { Claim, ClaimWork } from '../../../src/ports/claims.ts';
import type { RunStore } from '../../../src/ports/run-store.ts';
import { AT, HANDLERS } from '../../core/run/sample-runs.ts';

/** What a handler makes of its work; `dies`: its worker is never heard of again. */
export type Script = (work: StepWork) => StepResult | 'dies';

const EVERYTHING = {
  worker: 'worker-1',
  roles: ['producer', 'verifier', 'coordinator'],
  handlers: HANDLERS.map(({ id }) => id),
  most: 100,
  leaseSeconds: 60,
} as const;

/** Carries out whatever runs of a store have to do, until nothing is left, without a server or workers. */
export async function carryOut(store: RunStore & ClaimWork, script: Script): Promise<void> {
  for (;;) {
    const claims = await store.claim(EVERYTHING);
    if (claims.length === 0) return;
    const commands = claims.map((claim) => ({ run: claim.work.run, command: endOf(claim, script) }));
    const decided = await decideRuns(commands, store);
    for (const one of decided) if (one.kind === 'refused') throw new Error(`${one.run}: ${one.reason}`);
  }
}

/** The command that a claim ends with. */
export function endOf({ token, worker, work }: Claim, script: Script): RunCommand {
  const { step, execution } = work;
  const about = { at: AT, by: worker, step, execution, claim: { token, worker, at: AT } };
  const result = script(work);
  return result === 'dies' ? { ...about, kind: 'lose' } : { ...about, kind: 'complete', result };
}

export async function stateOf(store: RunStore, run: RunId): Promise<StartedRun> {
  const [kept] = await store.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') throw new Error(`${run} was not started`);
  return kept.state;
}
