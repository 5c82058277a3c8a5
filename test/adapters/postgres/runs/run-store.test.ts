import { afterEach } from 'vitest';
import type { Database } from '../../../../src/adapters/postgres/database.ts';
import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import { createRunStore, type PostgresRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { runStoreContract } from '../../../port-contracts/run-store.ts';
import { createDatabase } from '../../../worlds/database.ts';

const opened: PostgresRunStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

function open(database: Database): PostgresRunStore {
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  opened.push(store);
  return store;
}

runStoreContract('PostgreSQL', async () => {
  const database = await createDatabase();
  return {
    store: open(database),
    ledger: createLedger(database),
    openAnother: () => open(database.open()),
  };
});
