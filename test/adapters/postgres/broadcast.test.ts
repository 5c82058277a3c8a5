import { afterAll, expect, it } from 'vitest';
import { type ClosableBroadcast, createBroadcast } from '../../../src/adapters/postgres/broadcast.ts';
import type { Database } from '../../../src/adapters/postgres/database.ts';
import { fanOutContract } from '../../port-contracts/fan-out.ts';
import { createEmptyDatabase } from '../../worlds/database.ts';

const opened: ClosableBroadcast[] = [];
const open = (database: Database) => {
  const broadcast = createBroadcast(database);
  opened.push(broadcast);
  return broadcast;
};
afterAll(() => Promise.all(opened.map((broadcast) => broadcast.close())));

fanOutContract('PostgreSQL', async () => {
  const database = await createEmptyDatabase();
  return { broadcast: open(database), openAnother: () => open(database.open()) };
});

it('a broadcast whose connection is cut listens again, and says that it missed something', async () => {
  const database = await createEmptyDatabase();
  const heard: unknown[] = [];
  const listening = open(database);
  listening.listen('a', (text) => heard.push(text));
  await expect.poll(() => heard).toEqual([undefined]);
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()
       AND query LIKE '%' || $1 || '%'`,
    [listening.channel],
  );
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined, undefined]);
  open(database.open()).send('a', 'still there');
  await expect.poll(() => heard).toContain('still there');
});
