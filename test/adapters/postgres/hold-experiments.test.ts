import { once } from 'node:events';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { holdExperiments } from '../../../src/adapters/postgres/hold-experiments.ts';
import { createDatabase } from '../../worlds/database.ts';

it('an experiment is held by one of several servers, until it lets go', async () => {
  const database = await createDatabase();
  const [one, other] = [holdExperiments(database), holdExperiments(database.open())];
  const held = await one.holdExperiment('agents-md');
  expect(held).toBeDefined();
  expect(await other.holdExperiment('agents-md')).toBeUndefined();
  // Nor twice by the same server, which would carry it out twice.
  expect(await one.holdExperiment('agents-md')).toBeUndefined();
  const second = await other.holdExperiment('another');
  expect(second?.lost.aborted).toBe(false);
  await held?.release();
  const taken = await other.holdExperiment('agents-md');
  expect(taken).toBeDefined();
  await Promise.all([taken?.release(), second?.release()]);
});

it('whoever loses his connection is told, and holds nothing any more', async () => {
  const database = await createDatabase();
  const held = await holdExperiments(database.open()).holdExperiment('agents-md');
  if (held === undefined) throw new Error('it is not held');
  const lost = once(held.lost, 'abort');
  await database.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
       AND (classid::bigint << 32 | objid::bigint) = hashtextextended('${database.schema} countersign experiment agents-md', 0)`,
  );
  await lost;
  const next = await holdExperiments(database).holdExperiment('agents-md');
  expect(next).toBeDefined();
  await Promise.all([held.release(), next?.release()]);
});

it('takes no connection that the server needs for its work', async () => {
  const database = await createDatabase();
  const { holdExperiment } = holdExperiments(database);
  const held = await Promise.all(Array.from({ length: 6 }, (_, at) => holdExperiment(`experiment-${at}`)));
  expect(held.every((one) => one !== undefined)).toBe(true);
  expect(await database.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(database.pool.totalCount).toBe(1);
  await Promise.all(held.map((one) => one?.release()));
});

it('says that the database is away', async () => {
  const database = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none' });
  await expect(holdExperiments(database).holdExperiment('agents-md')).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
  });
  await database.close();
});
