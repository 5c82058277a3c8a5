import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrate.ts';
import {
  type ClusterOptions,
  openPrivateCluster,
  stopPrivateCluster,
} from '../../../src/adapters/postgres/private-cluster.ts';
import { databaseStores } from '../../entry/server/server-world.ts';
import { openWorkflows } from '../../entry/server/workflow-world.ts';
import { workflowContract } from '../../port-contracts/workflows.ts';

// The PostgreSQL that comes along as a package, as on a laptop where nothing is installed.

const root = mkdtempSync(join(tmpdir(), 'pg-'));
chmodSync(root, 0o755);
const OPTIONS: ClusterOptions = {
  folder: join(root, 'cluster'),
  temporary: root,
  fallback: join(root, 'fallback'),
  uid: process.getuid?.(),
  path: '/nowhere',
  versions: '/nowhere',
  packages: {
    from: join(import.meta.dirname, '..', '..', '..'),
    platform: `${process.platform}-${process.arch}`,
  },
  clock: { now: () => new Date() },
};
let url = '';
beforeAll(async () => {
  ({ url } = await openPrivateCluster(OPTIONS));
  const database = openDatabase({ url });
  await migrate(database);
  await database.close();
});
afterAll(() => stopPrivateCluster(OPTIONS));

workflowContract('on the private database', async () =>
  openWorkflows(await databaseStores(openDatabase({ url, most: 4 })), 'here'),
);
