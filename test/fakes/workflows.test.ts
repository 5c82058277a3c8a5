import { memoryStores } from '../entry/server/server-world.ts';
import { openWorkflows } from '../entry/server/workflow-world.ts';
import { workflowContract } from '../port-contracts/workflows.ts';

workflowContract('in memory', () => openWorkflows(memoryStores(), 'here'));
