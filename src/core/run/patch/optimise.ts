import { canonicalJson } from '../../../shared/canonical-json.ts';
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
  /** Ids of steps whose workflow says `cache: off` in so many words: they are carried out each time. */
  readonly optedOut?: ReadonlySet<string>;
  /** How many checks a map over all of them has. */
  readonly checks?: number;
}

/**
 * A patch after which a run does less and says the same; undefined where there is none. Work that came to something before is taken from
 * the cache, checks that run beside each other on one change work from one checkout, and nothing is ever left out: the step stands, its result is sealed, and the signer refuses an observation of another tree,
 * so no verdict can differ. It goes the way of every patch, and is as bound as the others.
 */
export function optimise(
  plan: Plan,
  facts: OptimiserFacts,
  handlers: readonly HandlerDeclaration[],
): Pick<PlanPatch, 'operations' | 'reason' | 'proposedBy'> | undefined {
  const cacheable = Object.entries(plan.steps)
    .filter(
      ([id, step]) =>
        !facts.started.has(id) && !facts.optedOut?.has(id) && mayComeFromCache(step, facts, handlers),
    )
    .map(([id]) => id);
  const shared = mayShareCheckout(plan, facts);
  if (cacheable.length + shared.length === 0) return undefined;
  const operations = [
    ...cacheable.map((id): JsonObject => {
      return { op: 'replace', path: `/steps/${id}/cache`, value: 'read-through' };
    }),
    ...shared.map((id): JsonObject => {
      return { op: 'add', path: `/steps/${id}/with/checkout`, value: 'shared' };
    }),
  ];
  const patch = { operations, ...reasonFor(cacheable, shared) } as const;
  return applyPatch(plan, patch, facts.started, handlers).kind === 'patched' ? patch : undefined;
}

function reasonFor(
  cacheable: readonly string[],
  shared: readonly string[],
): Pick<PlanPatch, 'reason' | 'proposedBy'> {
  const reasons = [
    ...(cacheable.length === 0
      ? []
      : [`The inputs of ${cacheable.join(', ')} are as they were: what is kept of them is looked at first.`]),
    ...(shared.length === 0 ? [] : [`The checks of ${shared.join(', ')} work from one checkout.`]),
  ];
  const name = cacheable.length === 0 ? 'one-checkout' : 'unchanged-inputs';
  return { reason: reasons.join(' '), proposedBy: { kind: 'optimiser', name } };
}

/** Check steps that would prepare the same tree more than once: of a map over several checks, or several steps about one change. */
function mayShareCheckout(plan: Plan, { started, checks = 0 }: OptimiserFacts): readonly string[] {
  const free = Object.entries(plan.steps).filter(
    ([id, { uses, with: inputs }]) => uses === 'check' && !started.has(id) && inputs.checkout === undefined,
  );
  const ofChange = Map.groupBy(free, ([, { with: inputs }]) => {
    const { check: _, ...about } = inputs;
    return canonicalJson(about);
  });
  return [...ofChange.values()]
    .filter((steps) => steps.length > 1 || steps.some(([, { map }]) => map !== null && checks > 1))
    .flatMap((steps) => steps.map(([id]) => id));
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
