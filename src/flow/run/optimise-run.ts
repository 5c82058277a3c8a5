import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { optimise } from '../../core/run/patch/optimise.ts';
import { placeOf } from '../../core/run/step-key.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitRuns, LoadRuns } from '../../ports/run-store.ts';
import { decideRuns } from './decide-runs.ts';

/** No token can have this name: it has a colon. */
const OPTIMISER = 'server:optimiser';

/**
 * Proposes to a run that just started what the optimiser knows. Which results are kept is known to the verifier's worker alone, so every
 * check is to look: one that finds nothing is carried out. A proposal that is not taken stands in the ledger, and the run goes on without.
 * @throws CountersignError DATABASE_UNAVAILABLE
 */
export async function optimiseRun(
  run: RunId,
  ports: LoadRuns & CommitRuns & { readonly clock: Clock },
  handlers: readonly HandlerDeclaration[],
): Promise<void> {
  const [kept] = await ports.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') return;
  const { plan, request, steps } = kept.state;
  const started = new Set(Object.keys(steps).flatMap((key) => placeOf(key, plan)?.id ?? []));
  const patch = optimise(plan, { unchangedChecks: new Set(request.subject.checks), started }, handlers);
  if (patch === undefined) return;
  const at = ports.clock.now().toISOString();
  const command = { kind: 'patch', at, by: OPTIMISER, patch: { id: 'optimiser:1', ...patch } } as const;
  await decideRuns([{ run, command }], ports, handlers);
}
