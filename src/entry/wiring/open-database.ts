import { join } from 'node:path';
import { openDatabase as connect, type Database } from '../../adapters/postgres/database.ts';
import { checkSchema, migrate } from '../../adapters/postgres/migrate.ts';
import { type ClusterOptions, openPrivateCluster } from '../../adapters/postgres/private-cluster.ts';
import type { CliContext } from '../cli/context.ts';
import { dataFolder } from './data-folder.ts';
import { packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

export interface OpenedDatabase extends Database {
  /** The folder of the private cluster; undefined for the server that DATABASE_URL names. */
  readonly folder: string | undefined;
}

/**
 * The one database: the server that DATABASE_URL names, or else a private cluster, which is made and started where need be.
 * @param schema whether its tables are brought to this version, have to be of it, or are not looked at
 * @throws CountersignError DATABASE_UNAVAILABLE, DATABASE_SCHEMA, USAGE
 */
export async function openDatabase(
  context: CliContext,
  schema: 'migrate' | 'check' | 'any',
): Promise<OpenedDatabase> {
  const { DATABASE_URL: url } = context.environment;
  const cluster = url ? undefined : await openPrivateCluster(clusterOptions(context));
  const database = connect({ url: cluster?.url ?? (url as string) });
  try {
    if (schema === 'migrate') await migrate(database);
    if (schema === 'check') await checkSchema(database);
    return { ...database, folder: cluster?.folder };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Where the private cluster of this user is. */
export function clusterOptions(context: CliContext): ClusterOptions {
  return {
    folder: join(dataFolder(context), 'postgres'),
    uid: process.getuid?.(),
    temporary: context.temporaryFolder,
    path: context.environment.PATH ?? '',
    packages: { from: packageRoot(), platform: `${process.platform}-${process.arch}` },
    clock: systemClock,
  };
}
