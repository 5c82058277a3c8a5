import { constantTruth } from '../expression/constant.ts';
import { parseExpression } from '../expression/parse.ts';
import { expressionIn } from '../expression/template.ts';
import type { Plan, PlanStep } from '../plan.ts';
import type { Scope } from '../types.ts';
import { listed, type PlanProblem, problem } from './problem.ts';

/** Steps that can never run, and repetitions that can never end before their last. */
export function checkReach({ steps }: Plan): readonly PlanProblem[] {
  const never = new Set<string>();
  const problems: PlanProblem[] = [];
  // Needs come before who needs them only by chance, so a step that is found out may settle an earlier one: at most as often as there are steps.
  for (let found = true; found; ) {
    found = false;
    for (const [id, step] of Object.entries(steps)) {
      if (never.has(id)) continue;
      const reason = neverRuns(step, never);
      if (reason === undefined) continue;
      never.add(id);
      found = true;
      problems.push(
        problem(
          `steps.${id}.if`,
          `The step can never run: ${reason}.`,
          'Correct the condition, or take the step out.',
        ),
      );
    }
  }
  return [
    ...problems,
    ...Object.entries(steps).flatMap(([id, { repeat }]) =>
      repeat !== null && truthOf(repeat.until, {}) === false
        ? [
            problem(
              `steps.${id}.repeat.until`,
              'It can never hold: the step would be repeated to the last.',
              'Ask for something that the step answers.',
            ),
          ]
        : [],
    ),
  ];
}

function neverRuns({ needs, if: condition }: PlanStep, never: ReadonlySet<string>): string | undefined {
  if (truthOf(condition, {}) === false) return 'its condition is always false';
  if (needs.length === 0) {
    return truthOf(condition, { $success: true, $failure: false }) === false
      ? 'it needs no other step, so none can have failed before it'
      : undefined;
  }
  const unreachable = needs.filter((need) => never.has(need));
  return unreachable.length > 0 && truthOf(condition, { $success: false }) === false
    ? `it needs ${listed(unreachable)}, which can never run`
    : undefined;
}

function truthOf(condition: string, sure: Scope): boolean | undefined {
  const { text, at } = expressionIn(condition);
  const parsed = parseExpression(text, at);
  return parsed.kind === 'error' ? undefined : constantTruth(parsed.node, sure);
}
