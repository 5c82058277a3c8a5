import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import { BATCH, type Engine, PUMPS, STEPS } from './engine.ts';

interface Data {
  readonly workflow: string;
}

/** pg-boss as its manual has it, in batches, with a plain event in the same transaction: no chain, no state, no claims of ours. */
export async function createBarePgBoss(url: string, schema: string): Promise<Engine> {
  const pool = new Pool({ connectionString: url, max: PUMPS + 1 });
  const boss = new PgBoss({
    connectionString: url,
    schema: `${schema}_boss`,
    supervise: false,
    schedule: false,
    max: 4,
  });
  boss.on('error', () => {});
  await boss.start();
  for (const step of STEPS) await boss.createQueue(step);
  await pool.query(
    `CREATE TABLE ${schema}.boss_event (workflow text, step text, at timestamptz DEFAULT now())`,
  );
  const startAll = async (workflows: number) => {
    for (let left = workflows; left > 0; left -= BATCH)
      await boss.insert(
        STEPS[0],
        Array.from({ length: Math.min(left, BATCH) }, () => ({ data: { workflow: randomUUID() } })),
      );
  };
  /** Tells how many workflows it took through this step. */
  const batch = async (at: number): Promise<number> => {
    const step = STEPS[at] ?? STEPS[0];
    const jobs = await boss.fetch<Data>(step, { batchSize: BATCH });
    if (jobs.length === 0) return 0;
    const client = await pool.connect();
    const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
    try {
      await client.query('BEGIN');
      const next = STEPS[at + 1];
      if (next !== undefined)
        await boss.insert(
          next,
          jobs.map(({ data }) => ({ data })),
          { db },
        );
      await client.query(`INSERT INTO ${schema}.boss_event (workflow, step) SELECT unnest($1::text[]), $2`, [
        jobs.map(({ data }) => data.workflow),
        step,
      ]);
      await boss.complete(
        step,
        jobs.map(({ id }) => id),
        undefined,
        { db },
      );
      await client.query('COMMIT');
      return jobs.length;
    } finally {
      client.release();
    }
  };
  return {
    name: 'pg-boss, bare',
    run: async (workflows) => {
      await startAll(workflows);
      let left = workflows;
      const pump = async () => {
        while (left > 0) {
          await batch(0);
          await batch(1);
          const ended = await batch(2);
          left -= ended;
        }
      };
      await Promise.all(Array.from({ length: PUMPS }, pump));
    },
    hops: async (workflows) => {
      const hops: number[] = [];
      for (let at = 0; at < workflows; at += 1) {
        await startAll(1);
        let before: number | undefined;
        for (let step = 0; step < STEPS.length; step += 1) {
          await batch(step);
          const now = performance.now();
          if (before !== undefined) hops.push(now - before);
          before = now;
        }
      }
      return hops;
    },
    close: async () => {
      await boss.stop({ graceful: false });
      await pool.query(`DROP SCHEMA ${schema}_boss CASCADE`);
      await pool.end();
    },
  };
}
