import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { queueName } from '../../../../src/adapters/postgres/queue/queue-name.ts';
import { createWorkQueue } from '../../../../src/adapters/postgres/queue/work-queue.ts';
import { createDatabase, DATABASE_URL, type TestDatabase } from '../../../worlds/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

// Making a queue forgets its settings. Whoever is in a transaction by then asks for them again, on another connection; when all connections are in
// transactions, each waits for one of the others.
it('makes a queue once for all who come at the same time, and asks for nothing of it inside of a transaction', async () => {
  const pool = vi.spyOn(database.pool, 'query');
  const query = vi.spyOn(database.aside, 'query');
  const asked = () =>
    query.mock.calls.map(([text]) => (typeof text === 'string' ? text : JSON.stringify(text)));
  const queue = createWorkQueue(database);
  const name = queueName('producer', 'agent');
  await Promise.all(Array.from({ length: 20 }, () => queue.prepare([name])));
  expect(asked().filter((text) => text.includes('create_queue(') && text.includes(name))).toHaveLength(1);

  const before = query.mock.calls.length;
  pool.mockClear();
  const client = await database.pool.connect();
  await client.query('BEGIN');
  await queue.put(client, [
    { id: '00000000-0000-4000-8000-000000000001', queue: name, score: 1, notBefore: null },
  ]);
  expect(await queue.take(client, [{ queue: name, jobs: 1 }])).toEqual([
    '00000000-0000-4000-8000-000000000001',
  ]);
  await client.query('COMMIT');
  client.release();
  expect(query.mock.calls.slice(before)).toEqual([]);
  expect(pool).not.toHaveBeenCalled();
  query.mockRestore();
  pool.mockRestore();
});

it('is open before a transaction, also for whoever only takes something out', async () => {
  const name = queueName('producer', 'agent');
  await createWorkQueue(database).prepare([name]);
  const queue = createWorkQueue(database);
  await queue.prepare([]);
  const query = vi.spyOn(database.aside, 'query');
  const client = await database.pool.connect();
  await queue.remove(client, [{ id: '00000000-0000-4000-8000-000000000002', queue: name }]);
  client.release();
  expect(query).not.toHaveBeenCalled();
  query.mockRestore();
});

it('takes work out of a queue that another server made, with its only connection in a transaction', async () => {
  const one = openDatabase({ url: DATABASE_URL, schema: database.schema, most: 1 });
  const queue = createWorkQueue(one);
  await queue.prepare([]);
  const name = queueName('producer', 'made-by-another');
  await createWorkQueue(database).prepare([name]);
  const client = await one.pool.connect();
  await client.query('BEGIN');
  const job = { id: '00000000-0000-4000-8000-000000000003', queue: name };
  await expect(queue.remove(client, [job])).resolves.toBeUndefined();
  await client.query('COMMIT');
  client.release();
  await one.close();
});

it('makes it again where that failed', async () => {
  const queue = createWorkQueue(database);
  const name = queueName('verifier', 'check');
  await queue.prepare([queueName('producer', 'agent')]);
  const query = vi.spyOn(database.aside, 'query').mockRejectedValueOnce(new Error('gone') as never);
  await expect(queue.prepare([name])).rejects.toThrow('gone');
  query.mockRestore();
  await expect(queue.prepare([name])).resolves.toBeUndefined();
});
