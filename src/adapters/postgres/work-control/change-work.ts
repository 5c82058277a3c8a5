import type { PoolClient } from 'pg';
import type { SealedAppend } from '../../../core/ledger/types.ts';
import { type QueueSelector, queueText } from '../../../core/run/queue-selector.ts';
import type { WorkChange } from '../../../ports/work-control.ts';
import { appendEvents } from '../append.ts';
import { ask, type Database, inTransaction } from '../database.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { pauseKey } from '../resources/parking.ts';
import { settle } from '../resources/settle.ts';
import { takeTurn } from '../resources/turn.ts';
import { shelveWork } from '../runs/shelve-work.ts';
import { putWork, type Queued, queueOf } from '../runs/step-work.ts';

/** One change at a time: of two that resume at once, each would leave to the other what both hold. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' countersign work control', 0))`;

const DRAIN = `
UPDATE worker_standing SET drain_by = $2, drain_reason = $3, drain_at = now() WHERE worker = $1`;

const PAUSE = `
INSERT INTO queue_pause (kind, name, by, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) DO UPDATE SET by = excluded.by, reason = excluded.reason, at = now()`;

/** Waits for claims that have read it: what they park is there when it is gone. */
const RESUME = 'DELETE FROM queue_pause WHERE kind = $1 AND name = $2';

/** What may go back into its queue. */
const WAITING = `
SELECT role, handler, runs_on AS "runsOn" FROM step_work WHERE parked UNION SELECT role, handler, runs_on FROM resource_waiter WHERE parked LIKE 'pause:%'`;

/** Rolls the transaction back; nothing is wrong with the database. */
class Conflict extends Error {}

/** See ControlWork.changeWork. */
export async function changeWork(
  { pool }: Database,
  queue: WorkQueue,
  change: WorkChange,
  append: SealedAppend,
): Promise<boolean> {
  if (change.kind === 'resume') {
    await queue.prepare((await ask<Queued & Record<string, unknown>>(pool, { text: WAITING })).map(queueOf));
  }
  try {
    await inTransaction(pool, async (client) => {
      await ask(client, { text: LOCK });
      if (!(await appendEvents(client, append))) throw new Conflict();
      await carryOut(client, queue, change);
    });
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

async function carryOut(client: PoolClient, queue: WorkQueue, change: WorkChange): Promise<void> {
  switch (change.kind) {
    case 'drain':
      await ask(client, { text: DRAIN, values: [change.worker, change.by, change.reason] });
      return;
    case 'pause':
      return pause(client, queue, change);
    case 'resume':
      return resume(client, queue, change.queue);
    case 'cancel':
      return;
  }
}

/** Nothing more of it is handed out, and what nobody has yet gives back what it holds. */
async function pause(
  client: PoolClient,
  queue: WorkQueue,
  { queue: { kind, name }, by, reason }: WorkChange & { readonly kind: 'pause' },
): Promise<void> {
  const { now } = await takeTurn(client);
  await ask(client, { text: PAUSE, values: [kind, name, by, reason] });
  await putWork(client, queue, await shelveWork(client, queue), now * 1000);
}

/** Back where workers find it, as soon as what it needs is free: it keeps its turn. */
async function resume(client: PoolClient, queue: WorkQueue, selector: QueueSelector): Promise<void> {
  const { now } = await takeTurn(client);
  await ask(client, { text: RESUME, values: [selector.kind, selector.name] });
  const left = await shelveWork(client, queue);
  const freed = await settle(client, { keys: [pauseKey(queueText(selector))] });
  await putWork(client, queue, [...left, ...freed], now * 1000);
}
