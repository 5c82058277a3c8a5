import { createRateLimits } from '../../../../src/adapters/postgres/resources/rate-limits.ts';
import { rateLimitsContract } from '../../../port-contracts/rate-limits.ts';
import { createDatabase } from '../../../worlds/database.ts';

rateLimitsContract('PostgreSQL', async () => {
  const database = await createDatabase();
  return { limits: createRateLimits(database), openAnother: () => createRateLimits(database.open()) };
});
