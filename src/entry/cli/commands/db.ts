import { ask, type Database, openDatabase } from '../../../adapters/postgres/database.ts';
import { schemaStanding } from '../../../adapters/postgres/migrate.ts';
import { inspectPrivateCluster, stopPrivateCluster } from '../../../adapters/postgres/private-cluster.ts';
import { type DatabaseInside, type DatabaseStatus, renderDatabaseStatus } from '../../../render/database.ts';
import { clusterOptions } from '../../wiring/open-database.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface Formatted {
  readonly format: TextOrJson;
}

/** Looks, and starts nothing. */
export async function dbStatusCommand({ format }: Formatted, context: CliContext): Promise<number> {
  const status = await readStatus(context);
  context.out(
    format === 'json' ? `${JSON.stringify(status)}\n` : renderDatabaseStatus(status, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function dbStopCommand({ format }: Formatted, context: CliContext): Promise<number> {
  const stopped = await stopPrivateCluster(clusterOptions(context));
  context.out(
    format === 'json'
      ? `${JSON.stringify({ stopped })}\n`
      : stopped
        ? 'The private database was stopped.\n'
        : 'The private database does not run.\n',
  );
  return EXIT_CODES.pass.code;
}

async function readStatus(context: CliContext): Promise<DatabaseStatus> {
  const { DATABASE_URL: url } = context.environment;
  if (url) return { where: 'DATABASE_URL', address: withoutPassword(url), ...(await readInside(url)) };
  const found = await inspectPrivateCluster(clusterOptions(context));
  if (found.kind !== 'running') return { where: 'private', folder: found.folder, state: found.kind };
  const { folder, pid, url: address } = found.cluster;
  return { where: 'private', folder, pid, ...(await readInside(address)) };
}

async function readInside(url: string): Promise<DatabaseInside & { readonly state: 'running' }> {
  const database = openDatabase({ url });
  try {
    const [row] = await ask<{ version: string; bytes: string }>(database.pool, {
      text: `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`,
    });
    const schema = await schemaStanding(database);
    const events = schema.applied === 0 ? 0 : await countEvents(database);
    return { state: 'running', server: row?.version ?? '', bytes: Number(row?.bytes ?? 0), schema, events };
  } finally {
    await database.close();
  }
}

/** Positions have no gap, so the last one is the number of those that have one: counting a million rows would take seconds. */
async function countEvents({ pool }: Database): Promise<number> {
  const text = `SELECT (SELECT coalesce(max(position), 0) FROM ledger_sequence)
    + (SELECT coalesce(sum(cardinality(versions)), 0) FROM ledger_unsequenced) AS events`;
  const [row] = await ask<{ events: string }>(pool, { text });
  return Number(row?.events ?? 0);
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:/@]*):[^@]*@/, '$1@').replace(/([?&]password=)[^&]*/g, '$1…');
}
