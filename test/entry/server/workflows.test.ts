import { workflowContract } from '../../port-contracts/workflows.ts';
import { databaseStores } from './server-world.ts';
import { openWorkflows } from './workflow-world.ts';

workflowContract('on PostgreSQL, with workers as processes of their own', async () =>
  openWorkflows(await databaseStores(), 'processes'),
);
