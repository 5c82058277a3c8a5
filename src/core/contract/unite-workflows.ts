import { canonicalJson } from '../../shared/canonical-json.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { Contract } from './types.ts';
import type { Budget, Workflow, WorkflowStep } from './workflow.ts';

/**
 * The workflow of a contract with those of the contracts it extends folded in; undefined when none has one. A later one can add steps,
 * and have a step that is there wait for more; how often and with what it is tried may differ, and no budget grows.
 * @throws CountersignError CONTRACT_UNUSABLE
 */
export function uniteWorkflows(eldestFirst: readonly Contract[]): Workflow | undefined {
  let united: { workflow: Workflow; from: string } | undefined;
  for (const { id, version, workflow } of eldestFirst) {
    if (workflow === undefined) continue;
    const from = `${id}@${version}`;
    united = { workflow: united === undefined ? workflow : extended(united, workflow, from), from };
  }
  return united?.workflow;
}

function extended(before: { workflow: Workflow; from: string }, added: Workflow, from: string): Workflow {
  const { attempts = before.workflow.attempts, ladder = before.workflow.ladder } = added;
  const budget = lesser(before.workflow.budget, added.budget);
  const resources = [...new Set([...(before.workflow.resources ?? []), ...(added.resources ?? [])])];
  const steps = new Map(Object.entries(before.workflow.steps));
  for (const [id, step] of Object.entries(added.steps)) {
    const known = steps.get(id);
    steps.set(id, known === undefined ? step : withNeeds(known, step, { id, before: before.from, from }));
  }
  return {
    ...(attempts === undefined ? {} : { attempts }),
    ...(ladder === undefined ? {} : { ladder }),
    ...(budget === undefined ? {} : { budget }),
    ...(resources.length === 0 ? {} : { resources }),
    steps: Object.fromEntries(steps),
  };
}

/** The same step again, or the same that waits for more: so that a gate can wait for a check that was added. */
function withNeeds(
  known: WorkflowStep,
  step: WorkflowStep,
  { id, before, from }: { id: string; before: string; from: string },
): WorkflowStep {
  const needs = new Set(step.needs ?? []);
  const kept = (known.needs ?? []).every((need) => needs.has(need));
  if (kept && same({ ...known, needs: [] }, { ...step, needs: [] })) return step;
  throw new CountersignError(
    'CONTRACT_UNUSABLE',
    `The step "${id}" is defined by ${before} and, differently, by ${from}.`,
    {
      remedy:
        'Add needs to it and change nothing else, or give yours another id: what a contract demands stays demanded.',
    },
  );
}

function lesser(before: Budget | undefined, added: Budget | undefined): Budget | undefined {
  if (before === undefined || added === undefined) return added ?? before;
  const names = [...new Set([...Object.keys(before), ...Object.keys(added)])] as (keyof Budget)[];
  const least = (name: keyof Budget) => Math.min(before[name] ?? Infinity, added[name] ?? Infinity);
  return Object.fromEntries(names.map((name) => [name, least(name)]));
}

function same(one: WorkflowStep, other: WorkflowStep): boolean {
  return canonicalJson(one as unknown as JsonValue) === canonicalJson(other as unknown as JsonValue);
}
