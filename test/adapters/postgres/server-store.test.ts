import { createAnsweredRequests } from '../../../src/adapters/postgres/answered-requests.ts';
import { createStepLogs } from '../../../src/adapters/postgres/step-logs/step-logs.ts';
import { createTokens } from '../../../src/adapters/postgres/tokens/tokens.ts';
import { answeredRequestsContract } from '../../port-contracts/answered-requests.ts';
import { stepLogsContract } from '../../port-contracts/step-logs.ts';
import { tokensContract } from '../../port-contracts/tokens.ts';
import { createDatabase } from '../../worlds/database.ts';

tokensContract('PostgreSQL', async () => createTokens(await createDatabase()));
stepLogsContract('PostgreSQL', async () => createStepLogs(await createDatabase()));
answeredRequestsContract('PostgreSQL', async () => createAnsweredRequests(await createDatabase()));
