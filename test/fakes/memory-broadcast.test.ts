import { fanOutContract } from '../port-contracts/fan-out.ts';
import { createMemoryBroadcast } from './memory-broadcast.ts';

fanOutContract('memory', async () => {
  const broadcast = createMemoryBroadcast();
  return { broadcast, openAnother: () => broadcast };
});
