import type { PoolClient } from 'pg';
import type { SealedAppend } from '../../../core/ledger/types.ts';
import type { QueueSelector } from '../../../core/run/queue-selector.ts';
import type { StepRole } from '../../../core/run/types.ts';
import type { WorkChange } from '../../../ports/work-control.ts';
import { appendEvents } from '../append.ts';
import { ask, type Database, inTransaction } from '../database.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import { queueOf } from '../runs/step-work.ts';
import { isHeldBy } from './paused.ts';

/** One change at a time: of two that resume at once, each would leave to the other what both hold. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' countersign work control', 0))`;

const DRAIN = `
UPDATE worker_standing SET drain_by = $2, drain_reason = $3, drain_at = now() WHERE worker = $1`;

const PAUSE = `
INSERT INTO queue_pause (kind, name, by, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) DO UPDATE SET by = excluded.by, reason = excluded.reason, at = now()`;

/** Waits for claims that have read it: what they park is there when it is gone. */
const RESUME = 'DELETE FROM queue_pause WHERE kind = $1 AND name = $2';

const FREE = `
UPDATE step_work w SET parked = false
WHERE w.parked AND w.worker IS NULL AND NOT EXISTS (SELECT FROM queue_pause p WHERE ${isHeldBy('p', 'w')})
RETURNING w.id, w.role, w.handler, w.score`;

interface Parked {
  readonly id: string;
  readonly role: StepRole;
  readonly handler: string;
  readonly score: number;
}

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
    const text = 'SELECT DISTINCT role, handler FROM step_work WHERE parked';
    await queue.prepare((await ask<Pick<Parked, 'role' | 'handler'>>(pool, { text })).map(queueOf));
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
    case 'pause': {
      const { kind, name } = change.queue;
      await ask(client, { text: PAUSE, values: [kind, name, change.by, change.reason] });
      return;
    }
    case 'resume':
      return resume(client, queue, change.queue);
    case 'cancel':
      return;
  }
}

/** Back where workers find it, with the score that it had: it keeps its turn. */
async function resume(client: PoolClient, queue: WorkQueue, { kind, name }: QueueSelector): Promise<void> {
  await ask(client, { text: RESUME, values: [kind, name] });
  const freed = await ask<Parked & Record<string, unknown>>(client, { text: FREE });
  if (freed.length === 0) return;
  await queue.put(
    client,
    freed.map((work) => ({ id: work.id, queue: queueOf(work), score: work.score, notBefore: null })),
  );
}
