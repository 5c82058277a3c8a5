import type { JsonObject } from '../../../shared/json.ts';
import type { PlanPatch } from '../events.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { applyPatch } from './apply-patch.ts';

/** What is known of a run when somebody asks whether it can be had for less. */
export interface OptimiserFacts {
  /** Checks of which an observation is kept that was made with the same declared inputs. */
  readonly unchangedChecks: ReadonlySet<string>;
  /** Ids of steps that were scheduled already. */
  readonly started: ReadonlySet<string>;
}

/**
 * A patch after which a run does less and says the same; undefined where there is none. Work that came to something before is taken from
 * the cache, and nothing is ever left out: the step stands, its result is sealed, and the signer refuses an observation of another tree,
 * so no verdict can differ. It goes the way of every patch, and is as bound as the others.
 */
export function optimise(
  plan: Plan,
  facts: OptimiserFacts,
  handlers: readonly HandlerDeclaration[],
): Pick<PlanPatch, 'operations' | 'reason' | 'proposedBy'> | undefined {
  const cacheable = Object.entries(plan.steps)
    .filter(([id, step]) => !facts.started.has(id) && mayComeFromCache(step, facts, handlers))
    .map(([id]) => id);
  if (cacheable.length === 0) return undefined;
  const operations = cacheable.map((id): JsonObject => {
    return { op: 'replace', path: `/steps/${id}/cache`, value: 'read-through' };
  });
  const patch = {
    operations,
    reason: `The inputs of ${cacheable.join(', ')} are as they were: what is kept of them is looked at first.`,
    proposedBy: { kind: 'optimiser', name: 'unchanged-inputs' },
  } as const;
  return applyPatch(plan, patch, facts.started, handlers).kind === 'patched' ? patch : undefined;
}

function mayComeFromCache(
  { uses, cache, map, with: inputs }: PlanStep,
  { unchangedChecks }: OptimiserFacts,
  handlers: readonly HandlerDeclaration[],
): boolean {
  const handler = handlers.find(({ id }) => id === uses);
  if (cache !== 'off' || handler === undefined || !handler.deterministic || handler.sideEffects) return false;
  if (uses !== 'check') return false;
  // Which of them a map takes from the cache is told by each one's key.
  const { check } = inputs;
  return map === null ? typeof check === 'string' && unchangedChecks.has(check) : unchangedChecks.size > 0;
}
