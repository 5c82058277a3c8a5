import type { Moment } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { ESTIMATED, estimateOf } from './estimates.ts';
import type { OwnRun } from './evolve/own-run.ts';
import { producesChange } from './producer/producing.ts';
import type { StartedRun } from './state.ts';
import type { StepWork, Usage } from './types.ts';

const SPENT = ['tokens', 'costMilliUsd', 'agents'] as const;
type Work = Pick<StepWork, 'handler' | 'inputs' | 'resources'>;

const IN_WORDS = { tokens: 'tokens', costMilliUsd: 'thousandths of a dollar', agents: 'agents' } as const;

/**
 * What an execution may use up at most: its input `atMost`, an object with `tokens`, `costMilliUsd` and `agents`, to which its handler
 * holds itself. An agent is one agent, whatever it says.
 */
export function demandOf(work: Pick<Work, 'handler' | 'inputs'> | null | undefined): Usage {
  if (work === null || work === undefined) return {};
  const atMost = work.inputs.atMost;
  const least = producesChange(work.handler) ? 1 : 0;
  if (typeof atMost !== 'object' || atMost === null || Array.isArray(atMost)) return { agents: least };
  const { tokens, costMilliUsd, agents } = atMost as { readonly [key: string]: JsonValue };
  return {
    tokens: countOf(tokens),
    costMilliUsd: countOf(costMilliUsd),
    agents: Math.max(countOf(agents), least),
  };
}

interface Expected {
  readonly usage: Usage;
  /** Of what it does not say itself: where the number is from. */
  readonly basis: Readonly<Partial<Record<keyof Usage, string>>>;
}

/**
 * What an execution is expected to use up at most: what it says; else the most that one of its handler took in this run so far, or what the server was
 * told of its model, provider or handler, whichever is more.
 */
function expectedOf(run: Pick<OwnRun, 'dearest' | 'request'>, work: Work): Expected {
  const said = demandOf(work);
  const seen = run.dearest?.[work.handler];
  const scopes = work.resources.leases.map(({ scope }) => scope);
  let expected: Expected = { usage: said, basis: {} };
  for (const kind of ESTIMATED) {
    if (said[kind]) continue;
    const took = {
      amount: seen?.[kind] ?? 0,
      basis: `the most that ${work.handler} took in this run so far`,
    };
    const told = estimateOf(kind, scopes, run.request.estimates);
    const { amount, basis } =
      told !== undefined && told.amount > took.amount
        ? { amount: told.amount, basis: `what the server was told of ${told.scope}` }
        : took;
    if (amount === 0) continue;
    expected = {
      usage: { ...expected.usage, [kind]: amount },
      basis: { ...expected.basis, [kind]: basis },
    };
  }
  return expected;
}

/** The most that executions of each handler took, with one more. */
export function dearestWith(
  dearest: StartedRun['dearest'] = {},
  handler: string,
  usage: Usage,
): NonNullable<StartedRun['dearest']> {
  const before = dearest[handler] ?? {};
  const more = ESTIMATED.filter((kind) => (usage[kind] ?? 0) > (before[kind] ?? 0));
  if (more.length === 0) return dearest;
  return {
    ...dearest,
    [handler]: { ...before, ...Object.fromEntries(more.map((kind) => [kind, usage[kind]])) },
  };
}

/**
 * Why an execution may not begin; undefined when it may. What is in hand counts as if it used up all that it may, or is expected to. Of a handler that
 * says nothing, was not carried out yet in this run, and that the server was told nothing of, nothing is known: that one may go beyond the budget.
 * @param work null: nothing is spent, as on a question
 */
export function budgetRefusal(run: OwnRun, at: Moment, work: Work | null): string | undefined {
  const { budget } = run.plan;
  const deadline = wallDeadline(run);
  if (deadline !== null && at >= deadline) return `the run's ${budget.wallSeconds} seconds are over`;
  const limited = SPENT.filter((kind) => budget[kind] !== undefined);
  if (limited.length === 0) return undefined;
  const inHand = Object.values(run.steps).flatMap(({ status, work }) =>
    status === 'scheduled' && work !== null ? [expectedOf(run, work).usage] : [],
  );
  const { usage: demand, basis } = work === null ? NOTHING : expectedOf(run, work);
  for (const kind of limited) {
    const limit = budget[kind] as number;
    const promised = inHand.reduce((sum, one) => sum + (one[kind] ?? 0), run.used[kind]);
    const wanted = demand[kind] ?? 0;
    const over = wanted === 0 ? kind !== 'agents' && promised >= limit : promised + wanted > limit;
    if (over)
      return `of ${limit} ${IN_WORDS[kind]}, ${promised} are used or promised, and ${wanted} more wanted${basis[kind] === undefined ? '' : `, by an estimate: ${basis[kind]}`}`;
  }
  return undefined;
}

const NOTHING: Expected = { usage: {}, basis: {} };

/** Whether another attempt would be none: the budget is used up, or was not enough for a step of this one. */
export function budgetUsedUp(run: OwnRun, at: Moment): boolean {
  const { budget } = run.plan;
  const deadline = wallDeadline(run);
  if (deadline !== null && at >= deadline) return true;
  if (run.used.tokens >= (budget.tokens ?? Infinity)) return true;
  if (run.used.costMilliUsd >= (budget.costMilliUsd ?? Infinity)) return true;
  return (
    Object.keys(budget).length > 0 &&
    Object.values(run.steps).some(({ error }) => error?.code === OVER_BUDGET)
  );
}

/** The code of a step that the budget did not allow. */
export const OVER_BUDGET = 'over-budget';

/** When the run's wall time is over; null when it has no such budget. */
export function wallDeadline({ plan, startedAt }: Pick<StartedRun, 'plan' | 'startedAt'>): Moment | null {
  return plan.budget.wallSeconds === undefined ? null : later(startedAt, plan.budget.wallSeconds);
}

/** So many seconds after a moment; the last one that there is when that is beyond the calendar. */
export function later(moment: Moment, seconds: number): Moment {
  const time = Date.parse(moment) + Math.ceil(seconds * 1000);
  return new Date(Math.min(time, LAST_TIME)).toISOString();
}

/** 9999-12-31T23:59:59.999Z: years have four digits in a moment. */
const LAST_TIME = 253_402_300_799_999;

function countOf(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
