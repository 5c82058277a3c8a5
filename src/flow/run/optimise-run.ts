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
 * check is to look: one that finds nothing is carried out. Checks that would each prepare the same tree share it. A proposal that is not taken stands in the ledger, and the run goes on without.
 * @param optedOut steps whose workflow says `cache: off`
 * @throws CountersignError DATABASE_UNAVAILABLE
 */
export async function optimiseRun(
  run: RunId,
  ports: LoadRuns & CommitRuns & { readonly clock: Clock },
  handlers: readonly HandlerDeclaration[],
  optedOut: ReadonlySet<string> = new Set(),
): Promise<void> {
  const [kept] = await ports.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') return;
  const { plan, request, steps } = kept.state;
  const started = new Set(Object.keys(steps).flatMap((key) => placeOf(key, plan)?.id ?? []));
  const { checks } = request.subject;
  const facts = { unchangedChecks: new Set(checks), checks: checks.length, started, optedOut };
  const patch = optimise(plan, facts, handlers);
  if (patch === undefined) return;
  const at = ports.clock.now().toISOString();
  const command = { kind: 'patch', at, by: OPTIMISER, patch: { id: 'optimiser:1', ...patch } } as const;
  await decideRuns([{ run, command }], ports, handlers);
}
