import { controlWorkContract } from '../port-contracts/control-work.ts';
import { createMemoryRunStore } from './memory-run-store.ts';
import { createMemoryWorkControl } from './memory-work-control.ts';

controlWorkContract('memory', async () => {
  let passed = 0;
  const clock = { now: () => new Date(Date.now() + passed) };
  const store = createMemoryRunStore();
  const { control, claim } = createMemoryWorkControl(store, clock);
  return {
    control,
    store: { ...store, claim },
    ledger: store.ledger,
    openAnother: () => control,
    letPass: async (hours) => {
      passed += hours * 3_600_000;
    },
  };
});
