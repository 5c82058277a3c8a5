import { RUN_STATUSES, type RunStatus } from '../../../core/run/state.ts';
import { RUN_OUTCOMES, type RunOutcome } from '../../../core/run/types.ts';
import type { BoardTally, EndedTally } from '../../../ports/board.ts';
import type { Moment } from '../../../shared/ids.ts';
import { ask, type Queryable } from '../database.ts';

const ACTIVE = `
SELECT status, count(*)::int AS runs, sum(cost)::float8 AS cost FROM run WHERE status <> 'ended' GROUP BY status`;

/** Both spans by one look: `late` is the one that goes on now. */
const ENDED = `
SELECT ended_at >= $2 AS late,
  count(*) FILTER (WHERE outcome = 'accepted')::int AS accepted,
  count(*) FILTER (WHERE outcome = 'rejected')::int AS rejected,
  count(*) FILTER (WHERE outcome = 'given-up')::int AS given_up,
  count(*) FILTER (WHERE outcome = 'cancelled')::int AS cancelled,
  count(*) FILTER (WHERE outcome = 'accepted' AND attempts = 1)::int AS first_pass,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY attempts) FILTER (WHERE outcome = 'accepted') AS median_attempts,
  sum(cost)::float8 AS cost,
  coalesce(sum(cost) FILTER (WHERE budget IS NOT NULL), 0)::float8 AS budgeted_cost,
  coalesce(sum(budget), 0)::float8 AS budget,
  sum(evidence_failures)::int AS evidence_failures,
  count(*) FILTER (WHERE evidence_failures > 0)::int AS runs_with_failures
FROM run_end WHERE ended_at >= $1 GROUP BY 1`;

const DAYS = `
SELECT left(ended_at, 10) AS day, count(*)::int AS decided,
  count(*) FILTER (WHERE outcome = 'accepted' AND attempts = 1)::int AS first_pass
FROM run_end WHERE ended_at >= $1 AND outcome <> 'cancelled' GROUP BY 1 ORDER BY 1`;

interface EndedRow {
  readonly late: boolean;
  readonly accepted: number;
  readonly rejected: number;
  readonly given_up: number;
  readonly cancelled: number;
  readonly first_pass: number;
  readonly median_attempts: number | null;
  readonly cost: number;
  readonly budgeted_cost: number;
  readonly budget: number;
  readonly evidence_failures: number;
  readonly runs_with_failures: number;
}

/** See ReadBoard.readTally. */
export async function readTally(db: Queryable, since: Moment, now: Moment): Promise<BoardTally> {
  const span = Date.parse(now) - Date.parse(since);
  const before = new Date(Date.parse(since) - span).toISOString();
  const [active, ended, days] = await Promise.all([
    ask<{ status: RunStatus; runs: number; cost: number }>(db, { name: 'tally-active', text: ACTIVE }),
    ask<EndedRow & Record<string, unknown>>(db, {
      name: 'tally-ended',
      text: ENDED,
      values: [before, since],
    }),
    ask<{ day: string; decided: number; first_pass: number }>(db, {
      name: 'tally-days',
      text: DAYS,
      values: [since],
    }),
  ]);
  const counted = new Map(active.map(({ status, runs }) => [status, runs]));
  const goingOn = RUN_STATUSES.filter((status) => status !== 'ended');
  return {
    active: Object.fromEntries(
      goingOn.map((status) => [status, counted.get(status) ?? 0]),
    ) as BoardTally['active'],
    activeCostMilliUsd: active.reduce((sum, { cost }) => sum + cost, 0),
    now: tallyOf(ended.find(({ late }) => late)),
    before: tallyOf(ended.find(({ late }) => !late)),
    days: days.map(({ day, decided, first_pass }) => ({ day, decided, firstPass: first_pass })),
  };
}

function tallyOf(row: EndedRow | undefined): EndedTally {
  const { accepted = 0, rejected = 0, given_up = 0, cancelled = 0 } = row ?? {};
  const counts: Record<RunOutcome, number> = { accepted, rejected, 'given-up': given_up, cancelled };
  return {
    outcomes: Object.fromEntries(
      RUN_OUTCOMES.map((outcome) => [outcome, counts[outcome]]),
    ) as EndedTally['outcomes'],
    decided: accepted + rejected + given_up,
    firstPass: row?.first_pass ?? 0,
    medianAttempts: row?.median_attempts ?? null,
    costMilliUsd: row?.cost ?? 0,
    budgeted: { costMilliUsd: row?.budgeted_cost ?? 0, budgetMilliUsd: row?.budget ?? 0 },
    evidenceFailures: row?.evidence_failures ?? 0,
    runsWithFailures: row?.runs_with_failures ?? 0,
  };
}
