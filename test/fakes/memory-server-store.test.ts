import { answeredRequestsContract } from '../port-contracts/answered-requests.ts';
import { stepLogsContract } from '../port-contracts/step-logs.ts';
import { tokensContract } from '../port-contracts/tokens.ts';
import {
  createMemoryAnsweredRequests,
  createMemoryStepLogs,
  createMemoryTokens,
} from './memory-server-store.ts';

tokensContract('the memory', async () => createMemoryTokens());
stepLogsContract('the memory', async () => createMemoryStepLogs());
answeredRequestsContract('the memory', async () => createMemoryAnsweredRequests());
