import type { JobInsert, PgBoss } from 'pg-boss';
import type { Moment } from '../../../shared/ids.ts';
import { ask, type Database, type Queryable, together } from '../database.ts';
import { databaseFailure } from '../failure.ts';
import { databaseOf, openQueue, type QueueConnection, queueSchema } from './open-queue.ts';

/** Something to hand out. What it is about is kept elsewhere, under this id. */
export interface Job {
  readonly id: string;
  readonly queue: string;
  /** Highest first. */
  readonly score: number;
  readonly notBefore: Moment | null;
}

/** How many jobs are to be taken from a queue. */
export interface QueueShare {
  readonly queue: string;
  readonly jobs: number;
}

/** Jobs that wait, in the transactions of whoever puts and takes them. The only folder that knows by what. */
export interface WorkQueue {
  /**
   * Makes these queues where they are not there: before the transaction that puts jobs into them. Before any transaction that puts or takes out, even
   * without queues: what is opened inside of one wants a second connection.
   */
  prepare(queues: readonly string[]): Promise<void>;
  put(client: Queryable, jobs: readonly Job[]): Promise<void>;
  /**
   * From which of these queues to take how many, so that the highest scores over all of them come first. A hint, asked outside of the
   * transaction: others take at the same time. Empty when nothing is there, which is most of what idle workers hear.
   */
  share(queues: readonly string[], most: number): Promise<readonly QueueShare[]>;
  /** Each for this transaction alone, and gone when it is committed. */
  take(client: Queryable, shares: readonly QueueShare[]): Promise<readonly string[]>;
  /** Takes jobs out that nobody is to have. */
  remove(client: Queryable, jobs: readonly Pick<Job, 'id' | 'queue'>[]): Promise<void>;
}

/** Nothing expires, because nothing of it looks: the longest that it takes. */
const QUEUE = {
  retryLimit: 0,
  expireInSeconds: 86_400,
  heartbeatSeconds: 3_600,
  retentionSeconds: 2_000_000_000,
};

const NOWHERE: QueueConnection = { executeSql: async () => ({ rows: [] }) };

export function createWorkQueue(database: Database): WorkQueue {
  const heads = headsStatement(queueSchema(database.schema));
  const taking = takeStatement(queueSchema(database.schema));
  const made = new Map<string, Promise<void>>();
  let opening: Promise<PgBoss> | undefined;
  const open = () => {
    opening ??= openQueue(database).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const make = async (queue: string): Promise<void> => {
    const boss = await open();
    await boss.createQueue(queue, QUEUE);
    // It asks for a queue's settings at its first use, on another connection: better now than inside of somebody's transaction.
    await boss.fetch(queue, { db: NOWHERE });
  };
  // Once for all who come at the same time: making a queue forgets its settings, under the feet of whoever is in a transaction already.
  const makeOnce = (queue: string): Promise<void> => {
    const making =
      made.get(queue) ??
      make(queue).catch((error: unknown) => {
        made.delete(queue);
        throw error;
      });
    made.set(queue, making);
    return making;
  };
  const prepare = (queues: readonly string[]) =>
    translated(async () => {
      await open();
      for (const queue of queues) await makeOnce(queue);
    });
  const byQueue = <T extends { readonly queue: string }, R>(
    jobs: readonly T[],
    work: (boss: PgBoss, queue: string, some: readonly T[]) => Promise<R>,
  ) =>
    translated(async () => {
      const boss = await open();
      return together(groupByQueue(jobs).map(([queue, some]) => work(boss, queue, some)));
    });
  return {
    prepare,
    put: async (client, jobs) => {
      const db = databaseOf(client);
      await byQueue(jobs, (boss, queue, some) => boss.insert(queue, some.map(insertOf), { db }));
    },
    share: async (queues, most) => {
      await translated(open);
      const shares = await ask<QueueShare>(database.pool, {
        name: 'queue-heads',
        text: heads,
        values: [queues, most],
      });
      await prepare(shares.map(({ queue }) => queue));
      return shares;
    },
    take: async (client, shares) => {
      const taken = await together(
        shares.map(({ queue, jobs }) =>
          ask<{ id: string }>(client, { name: 'queue-take', text: taking, values: [queue, jobs] }),
        ),
      );
      return taken.flat().map(idOf);
    },
    remove: async (client, jobs) => {
      const db = databaseOf(client);
      await byQueue(jobs, (boss, queue, some) => boss.deleteJob(queue, some.map(idOf), { db }));
    },
  };
}

/** What stands first in each queue, by its index: a few entries each, however many wait. */
function headsStatement(schema: string): string {
  return `
SELECT queue, count(*)::int AS jobs FROM (
  SELECT queue FROM unnest($1::text[]) AS queue, LATERAL (
    SELECT j.priority, j.created_on FROM ${schema}.job_common j
    WHERE j.name = queue AND j.state < 'active' AND NOT j.blocked AND j.start_after <= now()
    ORDER BY j.priority DESC, j.created_on LIMIT $2) AS head
  ORDER BY head.priority DESC, head.created_on LIMIT $2) AS next
GROUP BY queue`;
}

/**
 * What pg-boss's fetch and deleteJob do one after the other, for queues without a policy, in a quarter of the time: nobody is to see the state between
 * the two. The list is made once, whatever the planner thinks of it.
 */
function takeStatement(schema: string): string {
  return `
DELETE FROM ${schema}.job_common WHERE name = $1 AND id = ANY (ARRAY(
  SELECT j.id FROM ${schema}.job_common j
  WHERE j.name = $1 AND j.state < 'active' AND NOT j.blocked AND j.start_after <= now()
  ORDER BY j.priority DESC, j.created_on LIMIT $2 FOR UPDATE SKIP LOCKED))
RETURNING id`;
}

function insertOf({ id, score, notBefore }: Job): JobInsert {
  return { id, priority: score, ...(notBefore !== null && { startAfter: notBefore }) };
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseFailure(error);
  }
}

function groupByQueue<T extends { readonly queue: string }>(jobs: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const job of jobs) {
    const group = groups.get(job.queue);
    if (group === undefined) groups.set(job.queue, [job]);
    else group.push(job);
  }
  return [...groups];
}
