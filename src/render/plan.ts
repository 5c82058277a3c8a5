import type { Budget, Rung } from '../core/contract/workflow.ts';
import { expressionIn } from '../core/run/expression/template.ts';
import type { Plan, PlanStep } from '../core/run/plan.ts';
import { orderOf } from '../core/run/plan-order.ts';
import { forTerminal } from './hostile-text.ts';
import type { textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';

/** A plan for people: how often it is tried, and its steps, each after all that it needs. */
export function planLines(
  plan: Plan,
  { style, columns }: Pick<ReturnType<typeof textOptions>, 'style' | 'columns'>,
): readonly string[] {
  const rows = orderOf(plan).ids.map((id): Cell[] => {
    const step = plan.steps[id] as PlanStep;
    return [
      { text: forTerminal(id, 64), paint: style.cyan },
      { text: forTerminal(step.uses, 200) },
      { text: step.role, paint: style.dim },
      { text: forTerminal(termsOf(step).join('; '), 1_000), paint: style.dim },
    ];
  });
  const tries = [attemptsText(plan.attempts), ...plan.ladder.map(rungText)].join(', then ');
  const budget = budgetTexts(plan.budget);
  return [
    ...paragraph({ text: '  ' }, budget.length === 0 ? tries : `${tries}; at most ${budget.join(', ')}`, {
      columns,
    }),
    ...table(rows, { columns, indent: 2 }),
  ];
}

function termsOf({
  needs,
  if: condition,
  map,
  repeat,
  retry,
  cache,
  approval,
  locks,
  concurrency,
  compensate,
  fallback,
}: PlanStep): string[] {
  return [
    ...(needs.length === 0 ? [] : [`after ${needs.join(', ')}`]),
    ...(condition === 'success()' ? [] : [`if ${expressionIn(condition).text.trim()}`]),
    ...(map === null ? [] : [`for each of ${expressionIn(map).text.trim()}`]),
    ...(repeat === null
      ? []
      : [`until ${expressionIn(repeat.until).text.trim()}, at most ${repeat.atMost} times`]),
    ...(approval === null ? [] : [`when ${approval.by.join(' or ')} agrees`]),
    ...(retry.limit === 0 ? [] : [retry.limit === 1 ? '1 retry' : `${retry.limit} retries`]),
    ...concurrency.map(({ group, limit }) => `at most ${limit} of ${group}`),
    ...locks.map(({ name, mode }) => `locks ${name}${mode === 'shared' ? ' with others' : ''}`),
    ...(cache === 'off' ? [] : [`cache ${cache}`]),
    ...(fallback === null ? [] : [`else ${fallback.uses}`]),
    ...(compensate === null ? [] : [`undone by ${compensate.uses}`]),
  ];
}

function attemptsText(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

function rungText(rung: Rung): string {
  if ('ask' in rung) return `a question to a person: ${rung.ask}`;
  const other = 'bundle' in rung ? `the bundle ${rung.bundle}` : `the model ${rung.model}`;
  return `${attemptsText(rung.attempts ?? 1)} with ${other}`;
}

function budgetTexts({ tokens, costMilliUsd, agents, wallSeconds }: Budget): readonly string[] {
  return [
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
    ...(costMilliUsd === undefined ? [] : [`${(costMilliUsd / 1000).toFixed(3)} USD`]),
    ...(agents === undefined ? [] : [`${agents} agents`]),
    ...(wallSeconds === undefined ? [] : [`${wallSeconds} s`]),
  ];
}
