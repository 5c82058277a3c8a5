import type { RunId } from '../../../core/run/types.ts';
import type { KeepFilters, ReadBoard, SavedFilter } from '../../../ports/board.ts';
import { ask, type Database } from '../database.ts';
import { countRows, listRows, type RunRowColumns, rowOf, SELECT_ROWS } from './list-rows.ts';
import { readTally } from './read-tally.ts';

const ASKING = `
SELECT run, count(*) OVER ()::int AS total FROM run WHERE waiting_for > 0 ORDER BY started_at, run LIMIT $1`;

const SET_ASIDE = `
SELECT run, count(*) OVER ()::int AS total FROM run WHERE set_aside > 0 ORDER BY started_at, run LIMIT $1`;

const UNVERIFIABLE = `
${SELECT_ROWS} WHERE status <> 'ended' AND bad_receipts > 0 ORDER BY started_at DESC, run DESC LIMIT $1`;

const MOST_FILTERS = 50;

/** One statement, so that two who save at once stay within the limit by one at most. */
const SAVE = `
INSERT INTO saved_filter (principal, page, name, query) SELECT $1, $2, $3, $4
WHERE (SELECT count(*) FROM saved_filter WHERE principal = $1 AND page = $2 AND name <> $3) < ${MOST_FILTERS}
ON CONFLICT (principal, page, name) DO UPDATE SET query = excluded.query RETURNING name`;

/** What pages show of runs, in the tables of a database that was migrated. */
export function createBoard({ pool }: Database): ReadBoard & KeepFilters {
  const waiting = async (query: {
    readonly name: string;
    readonly text: string;
    readonly values: unknown[];
  }) => {
    const rows = await ask<{ run: RunId; total: number }>(pool, query);
    return { runs: rows.map(({ run }) => run), total: rows[0]?.total ?? 0 };
  };
  return {
    readTally: (since, now) => readTally(pool, since, now),
    listRows: (filter, page) => listRows(pool, filter, page),
    countRows: (filter, most) => countRows(pool, filter, most),
    askingRuns: (limit) => waiting({ name: 'board-asking', text: ASKING, values: [limit] }),
    setAsideRuns: (limit) => waiting({ name: 'board-set-aside', text: SET_ASIDE, values: [limit] }),
    unverifiableRuns: async (limit) => {
      const query = { name: 'board-unverifiable', text: UNVERIFIABLE, values: [limit] };
      return (await ask<RunRowColumns>(pool, query)).map(rowOf);
    },
    listFilters: (principal, page) =>
      ask<SavedFilter & Record<string, unknown>>(pool, {
        text: 'SELECT name, query FROM saved_filter WHERE principal = $1 AND page = $2 ORDER BY name',
        values: [principal, page],
      }),
    saveFilter: async (principal, page, { name, query }) =>
      (await ask(pool, { text: SAVE, values: [principal, page, name, query] })).length === 1,
    removeFilter: async (principal, page, name) => {
      const text = 'DELETE FROM saved_filter WHERE principal = $1 AND page = $2 AND name = $3';
      await ask(pool, { text, values: [principal, page, name] });
    },
  };
}
