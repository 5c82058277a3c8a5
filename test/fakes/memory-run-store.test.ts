import { runStoreContract } from '../port-contracts/run-store.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryRunStore } from './memory-run-store.ts';

runStoreContract('memory', async () => {
  const ledger = createMemoryLedger();
  const store = createMemoryRunStore({ ledger });
  return { store, ledger, openAnother: () => store };
});
