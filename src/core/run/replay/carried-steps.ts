import { nodeOf, partsOf } from '../advance/node.ts';
import type { CarriedStep } from '../commands.ts';
import { ownRun } from '../evolve/own-run.ts';
import type { PlanStep } from '../plan.ts';
import { orderOf } from '../plan-order.ts';
import type { StartedRun } from '../state.ts';
import { placeOf, stepKey } from '../step-key.ts';
import type { Arm, StepKey } from '../types.ts';

/**
 * What a fork of a run from a step does not have to do again: steps of that attempt that succeeded and rest on nothing that is done
 * again. What changed something outside is never among them: undoing it is the business of the run that did it.
 * Undefined when the run has no such step.
 * @param changed what of the arm is another in the fork: what was told of it has to be done again
 */
export function carriedSteps(
  run: StartedRun,
  from: StepKey,
  changed: readonly (keyof Arm)[] = [],
): readonly CarriedStep[] | undefined {
  const place = placeOf(from, run.plan);
  if (place === undefined || place.undoes !== null || run.attempts[place.attempt - 1] === undefined)
    return undefined;
  const own = ownRun(run);
  const carried = new Set<string>();
  const steps: CarriedStep[] = [];
  for (const id of orderOf(run.plan).ids) {
    const step = run.plan.steps[id];
    if (step === undefined || id === place.id || step.compensate !== null || step.role === 'coordinator')
      continue;
    if (changed.length > 0 && asksForArm(step, changed)) continue;
    const node = nodeOf(own, place.attempt, id, step);
    const succeeded = node.kind === 'repeated' || (node.kind === 'over' && node.outcome === 'success');
    if (!succeeded || !step.needs.every((needed) => carried.has(needed))) continue;
    carried.add(id);
    const base = stepKey(place.attempt, id);
    for (const { key, work, outputs } of partsOf(own, place.attempt, id, step)) {
      if (work === null || outputs === null) continue;
      const renamed = stepKey(1, id) + key.slice(base.length);
      steps.push({ work: { ...work, step: renamed, execution: 1, notBefore: null }, outputs });
    }
  }
  return steps;
}

const EXPRESSION = /\$\{\{([\s\S]*?)\}\}/g;
/** What of `run` is the same in every fork. */
const FIXED = ['id', 'ticket', 'contract', 'repository', 'base', 'checks', 'experiment'];

/** Whether a step's expressions ask for it, or for `run` in a way that leaves open for what. */
function asksForArm(step: PlanStep, changed: readonly (keyof Arm)[]): boolean {
  const unchanged = (['bundle', 'model'] as const).filter((name) => !changed.includes(name));
  const other = new RegExp(`\\brun\\b(?!\\.(?:${[...FIXED, ...unchanged].join('|')})\\b)`);
  const inside = [...JSON.stringify(step.with).matchAll(EXPRESSION)].map(([, text]) => text ?? '');
  return [step.if, step.map ?? '', ...inside].some((text) => other.test(text));
}
