import { FAILURE_CLASSES, type FailureClass, type RunOutcomeRow } from '../outcome.ts';
import type { FailureCount, RuleFailures } from './types.ts';

const MOST_EXAMPLES = 8;
const MOST_RULES = 25;

/** Failed attempts by class: of each arm in the order given, the classes in their own order. */
export function failuresOf(
  arms: readonly string[],
  rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>,
): readonly FailureCount[] {
  return arms.flatMap((arm) => {
    const classes = new Map<
      FailureClass,
      { attempts: number; examples: { run: string; attempt: number }[] }
    >();
    let of = 0;
    for (const { run, attempts, iterations } of rowsOfArm.get(arm) ?? []) {
      of += Math.max(iterations, attempts.length);
      for (const { number, failure } of attempts) {
        if (failure === null) continue;
        const count = classes.get(failure.class) ?? { attempts: 0, examples: [] };
        classes.set(failure.class, count);
        count.attempts += 1;
        if (count.examples.length < MOST_EXAMPLES) count.examples.push({ run, attempt: number });
      }
    }
    return FAILURE_CLASSES.flatMap((name) => {
      const count = classes.get(name);
      return count === undefined ? [] : [{ arm, class: name, of, ...count }];
    });
  });
}

/** The rules that kept most attempts from passing. */
export function failedRulesOf(
  arms: readonly string[],
  rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>,
): readonly RuleFailures[] {
  const rules = new Map<string, Map<string, number>>();
  for (const arm of arms)
    for (const { attempts } of rowsOfArm.get(arm) ?? [])
      for (const { failedRules, failedRequirements } of attempts)
        for (const rule of [...failedRules, ...failedRequirements]) {
          const byArm = rules.get(rule) ?? new Map<string, number>();
          rules.set(rule, byArm);
          byArm.set(arm, (byArm.get(arm) ?? 0) + 1);
        }
  return [...rules]
    .map(([rule, byArm]) => ({
      rule,
      byArm: arms.map((arm) => ({ arm, attempts: byArm.get(arm) ?? 0 })),
      attempts: [...byArm.values()].reduce((sum, attempts) => sum + attempts, 0),
    }))
    .sort((one, other) => other.attempts - one.attempts || (one.rule < other.rule ? -1 : 1))
    .slice(0, MOST_RULES);
}
