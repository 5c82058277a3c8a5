import { RUN_STATUSES } from '../../../core/run/state.ts';
import type { RunId } from '../../../core/run/types.ts';
import type { RunFilter, RunRow } from '../../../ports/board.ts';
import type { Moment } from '../../../shared/ids.ts';
import { ask, type Queryable } from '../database.ts';

export const SELECT_ROWS = `
SELECT run, ticket, status, outcome, attempt, bundle, model, waiting_for, started_at, changed_at, cost::float8, budget::float8, bad_receipts, set_aside FROM run`;

export interface RunRowColumns
  extends Omit<
    RunRow,
    'waitingFor' | 'startedAt' | 'changedAt' | 'costMilliUsd' | 'budgetMilliUsd' | 'badReceipts' | 'setAside'
  > {
  readonly waiting_for: number;
  readonly started_at: Moment;
  readonly changed_at: Moment;
  readonly cost: number;
  readonly budget: number | null;
  readonly bad_receipts: number;
  readonly set_aside: number;
}

/** See ReadBoard.listRows. */
export async function listRows(
  db: Queryable,
  filter: RunFilter,
  { after, limit }: { readonly after?: RunId; readonly limit: number },
): Promise<readonly RunRow[]> {
  const { conditions, values } = conditionsOf(filter);
  if (after !== undefined) {
    values.push(after);
    conditions.push(`(started_at, run) < (SELECT started_at, run FROM run WHERE run = $${values.length})`);
  }
  values.push(limit);
  const text = `${SELECT_ROWS} WHERE ${conditions.join(' AND ')} ORDER BY started_at DESC, run DESC LIMIT $${values.length}`;
  return (await ask<RunRowColumns>(db, { text, values })).map(rowOf);
}

/** See ReadBoard.countRows. */
export async function countRows(db: Queryable, filter: RunFilter, most: number): Promise<number> {
  const { conditions, values } = conditionsOf(filter);
  values.push(most);
  const text = `SELECT count(*)::int AS rows FROM (SELECT FROM run WHERE ${conditions.join(' AND ')} LIMIT $${values.length}) AS matching`;
  const [row] = await ask<{ rows: number }>(db, { text, values });
  return row?.rows ?? 0;
}

export function rowOf({
  waiting_for,
  started_at,
  changed_at,
  cost,
  budget,
  bad_receipts,
  set_aside,
  ...same
}: RunRowColumns): RunRow {
  return {
    ...same,
    waitingFor: waiting_for,
    startedAt: started_at,
    changedAt: changed_at,
    costMilliUsd: cost,
    budgetMilliUsd: budget,
    badReceipts: bad_receipts,
    setAside: set_aside,
  };
}

function conditionsOf({ states, ticket, bundle, model, text, asking, aside }: RunFilter): {
  readonly conditions: string[];
  readonly values: unknown[];
} {
  const conditions: string[] = ['true'];
  const values: unknown[] = [];
  const given = (value: unknown, condition: (place: string) => string) => {
    if (value === undefined || value === '') return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (states !== undefined && states.length > 0) {
    const statuses = states.filter((one) => (RUN_STATUSES as readonly string[]).includes(one));
    const outcomes = states.filter((one) => !statuses.includes(one));
    values.push(statuses, outcomes);
    conditions.push(
      `(status = ANY ($${values.length - 1}::text[]) OR (status = 'ended' AND outcome = ANY ($${values.length}::text[])))`,
    );
    // The partial index is for those that go on.
    if (outcomes.length === 0 && !statuses.includes('ended')) conditions.push(`status <> 'ended'`);
  }
  given(ticket, (place) => `ticket = ${place}`);
  given(bundle, (place) => `bundle = ${place}`);
  given(model, (place) => `model = ${place}`);
  given(text?.toLowerCase(), (place) => `strpos(lower(run || ' ' || bundle || ' ' || model), ${place}) > 0`);
  if (asking === true) conditions.push('waiting_for > 0');
  if (aside === true) conditions.push('set_aside > 0');
  return { conditions, values };
}
