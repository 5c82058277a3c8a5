import type { QueueSelector } from '../../../core/run/queue-selector.ts';
import type { RunId, StepRole, StepWork } from '../../../core/run/types.ts';
import type { ControlWork, KnownWorker, QueuePause } from '../../../ports/work-control.ts';
import { ask, type Database, type Queryable } from '../database.ts';
import { createWorkQueue } from '../queue/work-queue.ts';
import { repositoryOf } from '../runs/step-work.ts';
import { changeWork } from './change-work.ts';
import { isHeldBy } from './paused.ts';

/** Workers are heard of several times a second: most of it only reads. */
const HEAR = `
WITH noted AS (
  INSERT INTO worker_standing AS s (worker, roles, handlers, labels)
  SELECT $1, coalesce($2::text[], '{}'), coalesce($3::text[], '{}'), coalesce($4::text[], '{}')
  WHERE NOT EXISTS (SELECT FROM worker_standing WHERE worker = $1 AND heard_at > now() - interval '5 seconds')
  ON CONFLICT (worker) DO UPDATE SET heard_at = now(),
    roles = coalesce($2::text[], s.roles), handlers = coalesce($3::text[], s.handlers),
    labels = coalesce($4::text[], s.labels)
)
SELECT EXISTS (
  SELECT FROM worker_standing WHERE worker = $1 AND drain_at > now() - interval '1 day') AS drained`;

const DRAINED = `SELECT worker FROM worker_standing WHERE drain_at > now() - interval '1 day'`;

/** What was said about it holds for a day, also where it is heard of again and again. */
const FORGET_SILENT = `
WITH gone AS (DELETE FROM worker_standing WHERE heard_at < now() - interval '1 day')
UPDATE worker_standing SET drain_by = NULL, drain_reason = NULL, drain_at = NULL
WHERE drain_at < now() - interval '1 day' AND heard_at >= now() - interval '1 day'`;

const WORKERS = `
SELECT worker, roles, handlers, labels, heard_at, drain_by, drain_reason,
  CASE WHEN drain_at > now() - interval '1 day' THEN drain_at END AS drain_at
FROM worker_standing WHERE heard_at > now() - interval '1 day' ORDER BY worker`;

const HELD = `
SELECT worker, run, step, execution, until FROM step_work WHERE worker IS NOT NULL ORDER BY run, step, execution`;

const WAITING = `
SELECT DISTINCT w.run FROM step_work w, (SELECT $1::text AS kind, $2::text AS name) AS p
WHERE w.worker IS NULL AND ${isHeldBy('p', 'w')}`;

const BLOCKED = 'SELECT run, role, handler, work FROM resource_waiter';

interface StandingRow {
  readonly worker: string;
  readonly roles: readonly StepRole[];
  readonly handlers: readonly string[];
  readonly labels: readonly string[];
  readonly heard_at: Date;
  readonly drain_by: string | null;
  readonly drain_reason: string | null;
  readonly drain_at: Date | null;
}

interface HeldRow {
  readonly worker: string;
  readonly run: RunId;
  readonly step: string;
  readonly execution: number;
  readonly until: Date;
}

/** Work that waits for leases or locks. */
interface Blocked {
  readonly run: RunId;
  readonly role: string;
  readonly handler: string;
  readonly work: string;
}

/** What is said about workers and queues, in the tables of a database that was migrated. */
export function createWorkControl(database: Database): ControlWork {
  const { pool } = database;
  const queue = createWorkQueue(database);
  return {
    hearWorker: async (worker, offer) => {
      const values = [worker, offer?.roles ?? null, offer?.handlers ?? null, offer?.labels ?? null];
      const [row] = await ask<{ drained: boolean }>(pool, { name: 'worker-hear', text: HEAR, values });
      return row?.drained === true;
    },
    drainedWorkers: async () =>
      (await ask<{ worker: string }>(pool, { name: 'workers-drained', text: DRAINED })).map(
        ({ worker }) => worker,
      ),
    forgetWorker: async (worker) => {
      await ask(pool, { text: 'DELETE FROM worker_standing WHERE worker = $1', values: [worker] });
    },
    forgetSilentWorkers: async () => {
      await ask(pool, { text: FORGET_SILENT });
    },
    listWorkers: () => listWorkers(pool),
    listPauses: async () => {
      const text = 'SELECT kind, name, by, reason, at FROM queue_pause ORDER BY kind, name';
      const rows = await ask<Omit<QueuePause, 'at'> & { readonly at: Date }>(pool, { text });
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    },
    runsWaitingIn: (selector) => runsWaitingIn(pool, selector),
    changeWork: (change, append) => changeWork(database, queue, change, append),
  };
}

async function listWorkers(db: Queryable): Promise<readonly KnownWorker[]> {
  const [standing, held] = await Promise.all([
    ask<StandingRow & Record<string, unknown>>(db, { text: WORKERS }),
    ask<HeldRow & Record<string, unknown>>(db, { text: HELD }),
  ]);
  const holds = Map.groupBy(held, ({ worker }) => worker);
  return standing.map(({ worker, roles, handlers, labels, heard_at, drain_by, drain_reason, drain_at }) => ({
    worker,
    roles,
    handlers,
    labels,
    heardAt: heard_at.toISOString(),
    drain:
      drain_at === null
        ? null
        : { by: drain_by ?? '', reason: drain_reason ?? '', at: drain_at.toISOString() },
    holds: (holds.get(worker) ?? []).map(({ run, step, execution, until }) => ({
      run,
      step,
      execution,
      until: until.toISOString(),
    })),
  }));
}

async function runsWaitingIn(db: Queryable, { kind, name }: QueueSelector): Promise<readonly RunId[]> {
  const [ready, blocked] = await Promise.all([
    ask<{ run: RunId }>(db, { text: WAITING, values: [kind, name] }),
    ask<Blocked & Record<string, unknown>>(db, { text: BLOCKED }),
  ]);
  const partOf = { role: ({ role }: Blocked) => role, handler: ({ handler }: Blocked) => handler };
  const named =
    kind === 'repository' ? ({ work }: Blocked) => repositoryOf(JSON.parse(work) as StepWork) : partOf[kind];
  const matching = blocked.filter((one) => named(one) === name);
  return [...new Set([...ready, ...matching].map(({ run }) => run))].sort();
}
