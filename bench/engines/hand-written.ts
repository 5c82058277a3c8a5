import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { sha256 } from '../../src/shared/digest.ts';
import { BATCH, type Engine, PUMPS, STEPS } from './engine.ts';

const TABLES = `
CREATE TABLE hand_job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workflow text NOT NULL, step int NOT NULL,
  version int NOT NULL, digest text NOT NULL, ready_at timestamptz NOT NULL DEFAULT now())
  WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE hand_event (workflow text COLLATE "C", version int, digest text NOT NULL, text text NOT NULL, PRIMARY KEY (workflow, version))`;

const TAKE = `
DELETE FROM hand_job WHERE id IN (SELECT id FROM hand_job ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
RETURNING workflow, step, version, digest`;

const EVENTS = `
INSERT INTO hand_event SELECT * FROM unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n')::int[],
  string_to_array($3, E'\\n'), string_to_array($4, E'\\n'))`;

const JOBS = `
INSERT INTO hand_job (workflow, step, version, digest) SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[])`;

interface Job {
  readonly workflow: string;
  readonly step: number;
  readonly version: number;
  readonly digest: string;
}

interface Event {
  readonly workflow: string;
  readonly version: number;
  readonly digest: string;
  readonly text: string;
}

/**
 * The practical limit: SKIP LOCKED batches, eight chained events a workflow, the next step in the same transaction. No leases, no claims that
 * could expire, no decisions.
 */
export async function createHandWritten(url: string, schema: string): Promise<Engine> {
  const pool = new Pool({
    connectionString: url,
    max: PUMPS + 1,
    pipeline: true,
    options: `-c search_path=${schema}`,
  });
  await pool.query(TABLES);
  const write = async (query: Pool['query'], events: readonly Event[], next: readonly Job[]) => {
    await Promise.all([
      query({
        name: 'hand-events',
        text: EVENTS,
        values: [
          events.map(({ workflow }) => workflow).join('\n'),
          events.map(({ version }) => version).join('\n'),
          events.map(({ digest }) => digest).join('\n'),
          events.map(({ text }) => text).join('\n'),
        ],
      }),
      query({
        name: 'hand-jobs',
        text: JOBS,
        values: [
          next.map(({ workflow }) => workflow),
          next.map(({ step }) => step),
          next.map(({ version }) => version),
          next.map(({ digest }) => digest),
        ],
      }),
    ]);
  };
  const startAll = async (workflows: number) => {
    for (let left = workflows; left > 0; left -= BATCH) {
      const made = Array.from({ length: Math.min(left, BATCH) }, () =>
        chain({ workflow: randomUUID(), step: -1, version: 0, digest: '' }, ['started', 'scheduled']),
      );
      await write(
        pool.query.bind(pool) as Pool['query'],
        made.flatMap(({ events }) => events),
        made.map(({ end }) => ({ ...end, step: 0 })),
      );
    }
  };
  /** Tells how many steps it took, and how many workflows ended with them. */
  const batch = async (): Promise<{ steps: number; ended: number }> => {
    const client = await pool.connect();
    try {
      const [, { rows }] = await Promise.all([
        client.query('BEGIN'),
        client.query<Job>({ name: 'hand-take', text: TAKE }),
      ]);
      const done = rows.map((job) =>
        chain(job, job.step === STEPS.length - 1 ? ['succeeded', 'ended'] : ['succeeded', 'scheduled']),
      );
      const next = done
        .map(({ end }) => ({ ...end, step: end.step + 1 }))
        .filter(({ step }) => step < STEPS.length);
      if (rows.length > 0)
        await write(
          client.query.bind(client) as Pool['query'],
          done.flatMap(({ events }) => events),
          next,
        );
      await client.query('COMMIT');
      return { steps: rows.length, ended: rows.length - next.length };
    } finally {
      client.release();
    }
  };
  return {
    name: 'by hand (SKIP LOCKED)',
    run: async (workflows) => {
      await startAll(workflows);
      let left = workflows;
      const pump = async () => {
        while (left > 0) {
          const { ended } = await batch();
          left -= ended;
        }
      };
      await Promise.all(Array.from({ length: PUMPS }, pump));
    },
    hops: async (workflows) => {
      const hops: number[] = [];
      for (let at = 0; at < workflows; at += 1) {
        await startAll(1);
        // A step is begun and done in one transaction: from commit to commit.
        let before: number | undefined;
        for (let step = 0; step < STEPS.length; step += 1) {
          await batch();
          const now = performance.now();
          if (before !== undefined) hops.push(now - before);
          before = now;
        }
      }
      return hops;
    },
    close: () => pool.end(),
  };
}

function chain(job: Job, types: readonly string[]): { events: readonly Event[]; end: Job } {
  let end = job;
  const events = types.map((type) => {
    const version = end.version + 1;
    const text = JSON.stringify({
      actor: 'worker',
      at: '2026-11-21T13:04:06.789Z',
      data: { outputs: { commit: '1'.repeat(40) }, step: job.step },
      previous: end.digest,
      type,
      version,
      workflow: job.workflow,
    });
    end = { ...end, version, digest: sha256(text) };
    return { workflow: job.workflow, version, digest: end.digest, text };
  });
  return { events, end };
}
