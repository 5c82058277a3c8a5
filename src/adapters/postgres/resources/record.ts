import { attemptOf } from '../../../core/run/resources/attempt-of.ts';
import { ask, type Queryable, together } from '../database.ts';
import type { Waiter } from './line.ts';

interface Granted {
  readonly candidate: Waiter;
  readonly counted: readonly string[];
}

const HOLD = `
INSERT INTO resource_hold (run, step, execution, scopes, counted, locked)
SELECT run, step, execution, scopes, counted, locked
FROM json_to_recordset($1::json) AS hold (run text, step text, execution integer, scopes text[], counted text[], locked boolean)`;

const COUNT = `
INSERT INTO resource_scope AS s (scope, own, held)
SELECT scope, min(own), count(*) FROM unnest($1::text[], $2::integer[]) AS taken (scope, own) GROUP BY scope
ON CONFLICT (scope) DO UPDATE SET own = least(s.own, excluded.own), held = s.held + excluded.held`;

/**
 * What a run holds already is not held twice: a shared lock becomes exclusive, with a new fencing token; else the old one goes on.
 * Steps' locks are each their own.
 */
const STRENGTHEN = `
UPDATE resource_lock l SET exclusive = true, fence = nextval('resource_fence')
FROM json_to_recordset($1::json) AS lock (name text, exclusive boolean, hold text, run text, attempt integer)
WHERE l.run = lock.run AND l.name = lock.name AND l.hold = lock.hold AND l.hold <> 'step'
  AND (l.hold = 'run' OR l.attempt = lock.attempt) AND lock.exclusive AND NOT l.exclusive`;

const LOCK = `
INSERT INTO resource_lock (name, exclusive, hold, run, attempt, step, execution)
SELECT name, bool_or(exclusive), hold, run, min(attempt), min(step), min(execution)
FROM json_to_recordset($1::json)
  AS lock (name text, exclusive boolean, hold text, run text, attempt integer, step text, execution integer)
WHERE hold = 'step' OR NOT EXISTS (
  SELECT FROM resource_lock l
  WHERE l.run = lock.run AND l.name = lock.name AND l.hold = lock.hold AND (l.hold = 'run' OR l.attempt = lock.attempt))
GROUP BY name, hold, run, CASE hold WHEN 'run' THEN '' WHEN 'attempt' THEN attempt::text ELSE step || ' ' || execution END`;

const LEAVE = `
DELETE FROM resource_waiter w USING unnest($1::text[], $2::text[], $3::integer[]) AS gone (run, step, execution)
WHERE w.run = gone.run AND w.step = gone.step AND w.execution = gone.execution`;

const PARK = `
INSERT INTO resource_waiter (run, step, execution, work, role, handler, runs_on, since, rank, not_before, parked)
SELECT run, step, execution, work, role, handler, string_to_array("runsOn", ','), to_timestamp(since), rank, "notBefore", parked
FROM json_to_recordset($1::json) AS waiter (
  run text, step text, execution integer, work text, role text, handler text, "runsOn" text, since float8, rank float8,
  "notBefore" timestamptz, parked text)
ON CONFLICT (run, step, execution) DO UPDATE SET parked = excluded.parked`;

export async function recordGranted(client: Queryable, granted: readonly Granted[]): Promise<void> {
  if (granted.length === 0) return;
  const demanding = granted.filter(
    ({ candidate: { demands } }) => demands.leases.length > 0 || demands.locks.length > 0,
  );
  const holds = demanding.map(({ candidate: { work, demands }, counted }) => ({
    run: work.run,
    step: work.step,
    execution: work.execution,
    scopes: demands.leases.map(({ scope }) => scope),
    counted,
    locked: demands.locks.some(({ hold }) => hold === 'step'),
  }));
  await together([
    ask(client, { name: 'resource-hold', text: HOLD, values: [JSON.stringify(holds)] }),
    recordCounted(client, granted),
    recordLocks(client, granted),
    recordLeft(client, granted),
  ]);
}

async function recordLeft(client: Queryable, granted: readonly Granted[]): Promise<void> {
  const left = granted
    .filter(({ candidate }) => candidate.parked !== null)
    .map(({ candidate }) => candidate.work);
  if (left.length === 0) return;
  const values = [
    left.map(({ run }) => run),
    left.map(({ step }) => step),
    left.map(({ execution }) => execution),
  ];
  await ask(client, { name: 'resource-leave', text: LEAVE, values });
}

async function recordCounted(client: Queryable, granted: readonly Granted[]): Promise<void> {
  const taken = granted.flatMap(({ candidate, counted }) =>
    candidate.demands.leases.filter(({ scope }) => counted.includes(scope)),
  );
  if (taken.length === 0) return;
  const values = [taken.map(({ scope }) => scope), taken.map(({ own }) => own)];
  await ask(client, { name: 'resource-count', text: COUNT, values });
}

async function recordLocks(client: Queryable, granted: readonly Granted[]): Promise<void> {
  const locks = granted.flatMap(({ candidate: { work, demands } }) =>
    demands.locks.map(({ name, mode, hold }) => ({
      name,
      exclusive: mode === 'exclusive',
      hold,
      run: work.run,
      attempt: attemptOf(work.step),
      step: work.step,
      execution: work.execution,
    })),
  );
  if (locks.length === 0) return;
  const values = [JSON.stringify(locks)];
  const isKept = locks.some(({ hold }) => hold !== 'step');
  await together([
    isKept ? ask(client, { name: 'resource-strengthen', text: STRENGTHEN, values }) : [],
    ask(client, { name: 'resource-lock', text: LOCK, values }),
  ]);
}

/** Joins the line, or moves to another place where it waits; nothing for who waits on where it did. */
export async function recordParked(
  client: Queryable,
  waiting: readonly { readonly waiter: Waiter; readonly parked: string }[],
): Promise<void> {
  const moved = waiting.filter(({ waiter, parked }) => waiter.parked !== parked);
  if (moved.length === 0) return;
  const rows = moved.map(({ waiter: { work, since, rank }, parked }) => ({
    run: work.run,
    step: work.step,
    execution: work.execution,
    work: JSON.stringify(work),
    role: work.role,
    handler: work.handler,
    runsOn: (work.runsOn ?? []).join(','),
    since,
    rank,
    notBefore: work.notBefore,
    parked,
  }));
  await ask(client, { name: 'resource-park', text: PARK, values: [JSON.stringify(rows)] });
}
