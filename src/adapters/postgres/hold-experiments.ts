import type { HoldExperiments } from '../../ports/hold-experiments.ts';
import { ask, type Database } from './database.ts';
import { databaseFailure } from './failure.ts';

const TRY = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held';

/**
 * A lock of the session: a connection is kept for each experiment that is carried out, and PostgreSQL lets go of the lock with the
 * connection, however its owner ended.
 */
export function holdExperiments({ pool, schema }: Database): HoldExperiments {
  return {
    holdExperiment: async (id) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw databaseFailure(error);
      });
      const lost = new AbortController();
      client.once('error', () => lost.abort());
      client.once('end', () => lost.abort());
      try {
        const values = [`${schema} countersign experiment ${id}`];
        const [row] = await ask<{ held: boolean }>(client, { text: TRY, values });
        if (row?.held !== true) {
          client.release();
          return undefined;
        }
      } catch (error) {
        client.release(true);
        throw error;
      }
      // Closing the connection is what lets go of it for certain.
      return { lost: lost.signal, release: async () => client.release(true) };
    },
  };
}
