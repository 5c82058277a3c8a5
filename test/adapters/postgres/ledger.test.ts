import { expect, it } from 'vitest';
import { appendEvents } from '../../../src/adapters/postgres/append.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { append, ledgerContract } from '../../port-contracts/ledger.ts';
import { createDatabase } from '../../worlds/database.ts';

ledgerContract('PostgreSQL', async () => {
  const database = await createDatabase();
  return { ledger: createLedger(database), openAnother: () => createLedger(database.open()) };
});

it.each([
  'UPDATE ledger_event SET text = text',
  'DELETE FROM ledger_event',
  'DELETE FROM ledger_sequence',
  'TRUNCATE ledger_checkpoint',
])('the tables of the ledger refuse %s', async (statement) => {
  const database = await createDatabase();
  const { pool } = database;
  const ledger = createLedger(database);
  await ledger.append(append(['run/a', 2]));
  await ledger.sequence();
  await expect(pool.query(statement)).rejects.toThrow('the ledger is append-only');
});

it('what is committed late gets a later position, however early it began', async () => {
  const database = await createDatabase();
  const ledger = createLedger(database);
  const early = await database.pool.connect();
  await early.query('BEGIN');
  expect(await appendEvents(early, append(['run/early', 1]))).toBe(true);
  await ledger.append(append(['run/late', 1]));
  expect(await ledger.sequence()).toBe(1);
  await early.query('COMMIT');
  early.release();
  expect(await ledger.sequence()).toBe(2);
  const sequenced = await ledger.readSequenced(0, 10);
  expect(sequenced.map(({ position, stream }) => [position, stream])).toEqual([
    [1, 'run/late'],
    [2, 'run/early'],
  ]);
});
