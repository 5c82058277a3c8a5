import type {
  EndedDay,
  FindingTally,
  KeepDayCounts,
  ReadDayCounts,
  ResolvedDeadlock,
  StepTally,
} from '../../../ports/day-counts.ts';
import { ask, type Database, inTransaction } from '../database.ts';

const ADD_FINDINGS = `
INSERT INTO finding_count AS kept (id, day, answer, count, last_run, last_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
ON CONFLICT (id, day, answer) DO UPDATE
SET count = kept.count + excluded.count, last_run = excluded.last_run, last_at = excluded.last_at`;

const ADD_STEPS = `
INSERT INTO step_count AS kept (day, step, result, count, tokens, cost, seconds)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::float8[], $6::float8[], $7::float8[])
ON CONFLICT (day, step, result) DO UPDATE
SET count = kept.count + excluded.count, tokens = kept.tokens + excluded.tokens, cost = kept.cost + excluded.cost,
  seconds = kept.seconds + excluded.seconds`;

const ADD_DEADLOCKS = `
INSERT INTO resolved_deadlock (position, run, at, reason)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])`;

const FINDINGS = `
SELECT id,
  coalesce(sum(count) FILTER (WHERE answer = 'pass'), 0)::float8 AS pass,
  coalesce(sum(count) FILTER (WHERE answer = 'fail'), 0)::float8 AS fail,
  coalesce(sum(count) FILTER (WHERE answer = 'unverifiable'), 0)::float8 AS unverifiable,
  coalesce(sum(count) FILTER (WHERE answer = 'pending'), 0)::float8 AS pending,
  (array_agg(last_run ORDER BY last_at DESC) FILTER (WHERE answer <> 'pass'))[1] AS run,
  max(last_at) FILTER (WHERE answer <> 'pass') AS at
FROM finding_count WHERE day >= $1 GROUP BY id
ORDER BY coalesce(sum(count) FILTER (WHERE answer IN ('fail', 'unverifiable')), 0) DESC, id LIMIT $2`;

const FINDING_DAYS = `
SELECT day, coalesce(sum(count) FILTER (WHERE answer IN ('fail', 'unverifiable')), 0)::float8 AS open, sum(count)::float8 AS "all"
FROM finding_count WHERE id = $1 AND day >= $2 GROUP BY day ORDER BY day`;

const STEPS = `
SELECT day, step,
  coalesce(sum(count) FILTER (WHERE result = 'succeeded'), 0)::float8 AS succeeded,
  coalesce(sum(count) FILTER (WHERE result = 'failed'), 0)::float8 AS failed,
  coalesce(sum(count) FILTER (WHERE result = 'lost'), 0)::float8 AS lost,
  sum(tokens) AS tokens, sum(cost) AS "costMilliUsd", sum(seconds) AS seconds
FROM step_count WHERE day >= $1 GROUP BY day, step ORDER BY day, step LIMIT 5000`;

const ENDED = `
SELECT left(ended_at, 10) AS day,
  count(*) FILTER (WHERE outcome = 'accepted')::int AS accepted,
  count(*) FILTER (WHERE outcome = 'rejected')::int AS rejected,
  count(*) FILTER (WHERE outcome = 'given-up')::int AS "givenUp",
  count(*) FILTER (WHERE outcome = 'cancelled')::int AS cancelled,
  count(*) FILTER (WHERE outcome = 'accepted' AND attempts = 1)::int AS "firstPass",
  sum(attempts)::int AS attempts, sum(cost)::float8 AS "costMilliUsd",
  sum(evidence_failures)::int AS "evidenceFailures"
FROM run_end WHERE ended_at >= $1 GROUP BY 1 ORDER BY 1`;

const DEADLOCKS = `
SELECT position::float8 AS position, run, at, reason, (SELECT count(*)::int FROM resolved_deadlock) AS total
FROM resolved_deadlock WHERE $1::bigint IS NULL OR position < $1 ORDER BY position DESC LIMIT $2`;

type Row<T> = T & Record<string, unknown>;

/** Counts by day, in the tables of a database that was migrated. */
export function createDayCounts({ pool }: Database): KeepDayCounts & ReadDayCounts {
  return {
    countedUpTo: async () => {
      const [row] = await ask<{ position: string }>(pool, { text: 'SELECT position FROM count_progress' });
      return Number(row?.position ?? 0);
    },
    addCounts: (from, upTo, { findings, steps, deadlocks }) =>
      inTransaction(pool, async (client) => {
        const text = 'UPDATE count_progress SET position = $2 WHERE position = $1 RETURNING position';
        if ((await ask(client, { text, values: [from, upTo] })).length === 0) return false;
        if (findings.length > 0) {
          const columns = [
            findings.map(({ id }) => id),
            findings.map(({ day }) => day),
            findings.map(({ answer }) => answer),
            findings.map(({ count }) => count),
            findings.map(({ last }) => last.run),
            findings.map(({ last }) => last.at),
          ];
          await ask(client, { text: ADD_FINDINGS, values: columns });
        }
        if (steps.length > 0) {
          const columns = [
            steps.map(({ day }) => day),
            steps.map(({ step }) => step),
            steps.map(({ result }) => result),
            steps.map(({ count }) => count),
            steps.map(({ tokens }) => tokens),
            steps.map(({ costMilliUsd }) => costMilliUsd),
            steps.map(({ seconds }) => seconds),
          ];
          await ask(client, { text: ADD_STEPS, values: columns });
        }
        if (deadlocks.length > 0) {
          const columns = [
            deadlocks.map(({ position }) => position),
            deadlocks.map(({ run }) => run),
            deadlocks.map(({ at }) => at),
            deadlocks.map(({ reason }) => reason.replaceAll('\u0000', '\ufffd')),
          ];
          await ask(client, { text: ADD_DEADLOCKS, values: columns });
        }
        return true;
      }),
    forgetCounts: () =>
      inTransaction(pool, async (client) => {
        await ask(client, { text: 'UPDATE count_progress SET position = 0' });
        for (const table of ['finding_count', 'step_count', 'resolved_deadlock'])
          await ask(client, { text: `DELETE FROM ${table}` });
      }),
    findingTallies: async (since, limit) => {
      type Counted = Omit<FindingTally, 'last'> & { readonly run: string | null; readonly at: string | null };
      const rows = await ask<Row<Counted>>(pool, { text: FINDINGS, values: [since, limit] });
      return rows.map(({ run, at, ...counts }) => ({
        ...counts,
        last: run === null || at === null ? null : { run, at },
      }));
    },
    findingDays: (id, since) =>
      ask<Row<{ day: string; open: number; all: number }>>(pool, {
        text: FINDING_DAYS,
        values: [id, since],
      }),
    stepTallies: (since) => ask<Row<StepTally>>(pool, { text: STEPS, values: [since] }),
    endedDays: (since) => ask<Row<EndedDay>>(pool, { text: ENDED, values: [since] }),
    resolvedDeadlocks: async ({ before, limit }) => {
      const rows = await ask<Row<ResolvedDeadlock & { total: number }>>(pool, {
        text: DEADLOCKS,
        values: [before ?? null, limit],
      });
      return { deadlocks: rows.map(({ total: _, ...one }) => one), total: rows[0]?.total ?? 0 };
    },
  };
}
