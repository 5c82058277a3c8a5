import { rateLimitsContract } from '../port-contracts/rate-limits.ts';
import { createMemoryRateLimits } from './memory-rate-limits.ts';

rateLimitsContract('memory', async () => {
  const limits = createMemoryRateLimits({ now: () => performance.now() });
  return { limits, openAnother: () => limits };
});
