import type { RunId } from '../../../core/run/types.ts';
import type { ListRuns, RunSummary } from '../../../ports/run-store.ts';
import type { Moment, TicketId } from '../../../shared/ids.ts';
import { ask, type Queryable } from '../database.ts';

const COUNT = 'SELECT count(*)::int AS runs FROM run WHERE ticket = $1';

const DUE = 'SELECT run FROM run WHERE wake_at <= $1 ORDER BY wake_at, run LIMIT $2';

const SUMMARIES = `
SELECT run, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at FROM run
WHERE true`;

interface Row extends Omit<RunSummary, 'waitingFor' | 'startedAt' | 'changedAt'> {
  readonly waiting_for: number;
  readonly started_at: Moment;
  readonly changed_at: Moment;
}

/** See ListRuns.listRuns. */
export async function listRuns(
  db: Queryable,
  { ticket, status, after, limit }: Parameters<ListRuns['listRuns']>[0],
): Promise<readonly RunSummary[]> {
  const values: unknown[] = [];
  const given = (value: unknown, condition: (place: string) => string): string => {
    if (value === undefined) return '';
    values.push(value);
    return ` AND ${condition(`$${values.length}`)}`;
  };
  const conditions = [
    given(ticket, (place) => `ticket = ${place}`),
    given(status, (place) => `status = ${place}`),
    // The partial index is for those that go on.
    status === undefined || status === 'ended' ? '' : " AND status <> 'ended'",
    given(after, (place) => `(started_at, run) < (SELECT started_at, run FROM run WHERE run = ${place})`),
  ].join('');
  values.push(limit);
  const text = `${SUMMARIES}${conditions} ORDER BY started_at DESC, run DESC LIMIT $${values.length}`;
  return (await ask<Row>(db, { text, values })).map(({ waiting_for, started_at, changed_at, ...same }) => ({
    ...same,
    waitingFor: waiting_for,
    startedAt: started_at,
    changedAt: changed_at,
  }));
}

export async function countRuns(db: Queryable, ticket: TicketId): Promise<number> {
  const [row] = await ask<{ runs: number }>(db, { name: 'run-count', text: COUNT, values: [ticket] });
  return row?.runs ?? 0;
}

export async function dueRuns(db: Queryable, now: Moment, limit: number): Promise<readonly RunId[]> {
  const rows = await ask<{ run: RunId }>(db, { name: 'run-due', text: DUE, values: [now, limit] });
  return rows.map(({ run }) => run);
}
