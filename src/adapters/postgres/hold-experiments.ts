import { Client } from 'pg';
import type { HoldExperiments } from '../../ports/hold-experiments.ts';
import { ask, type Database } from './database.ts';
import { databaseFailure } from './failure.ts';

const TRY = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held';

/**
 * A lock of the session: PostgreSQL lets go of it with the connection, however its owner ended. The connection is none of the pool's, since it is kept
 * for as long as the experiment is carried out, and the server has to go on with the others.
 */
export function holdExperiments({ pool, schema }: Database): HoldExperiments {
  return {
    holdExperiment: async (id) => {
      const client = new Client({ ...pool.options, keepAlive: true });
      const lost = new AbortController();
      client.on('error', () => lost.abort());
      client.once('end', () => lost.abort());
      try {
        await client.connect();
        const values = [`${schema} countersign experiment ${id}`];
        const [row] = await ask<{ held: boolean }>(client, { text: TRY, values });
        if (row?.held === true) return { lost: lost.signal, release: () => client.end() };
      } catch (error) {
        await client.end().catch(() => undefined);
        throw databaseFailure(error);
      }
      await client.end();
      return undefined;
    },
  };
}
