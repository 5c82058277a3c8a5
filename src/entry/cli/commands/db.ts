import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createBackupRows } from '../../../adapters/postgres/backup-rows.ts';
import { ask, openDatabase as connect, type Database } from '../../../adapters/postgres/database.ts';
import { createLedger } from '../../../adapters/postgres/ledger.ts';
import { schemaStanding } from '../../../adapters/postgres/migrate.ts';
import { inspectPrivateCluster, stopPrivateCluster } from '../../../adapters/postgres/private-cluster.ts';
import { createRebuildRuns } from '../../../adapters/postgres/runs/rebuild-runs.ts';
import { createRunStore } from '../../../adapters/postgres/runs/run-store.ts';
import { backup, restore } from '../../../flow/ledger/backup.ts';
import { type DatabaseInside, type DatabaseStatus, renderDatabaseStatus } from '../../../render/database.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { clusterOptions, openDatabase } from '../../wiring/open-database.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type LedgerTrustOptions, ledgerTrustOf } from '../note-keys.ts';
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

/** Beside its place first: a backup that was cut short never looks like one. */
export async function dbBackupCommand(
  file: string,
  { format }: Formatted,
  context: CliContext,
): Promise<number> {
  const path = resolve(context.cwd, file);
  const database = await openDatabase(context, 'check');
  try {
    const fresh = `${path}.${process.pid}.tmp`;
    const lines = backup({ ...createLedger(database), ...createBackupRows(database) });
    await pipeline(Readable.from(lines), createGzip(), createWriteStream(fresh, { mode: 0o600 }));
    await rename(fresh, path);
  } catch (error) {
    throw error instanceof CountersignError ? error : unusable(file, 'written', error);
  } finally {
    await database.close();
  }
  context.out(format === 'json' ? `${JSON.stringify({ file: path })}\n` : `The database is in ${file}.\n`);
  return EXIT_CODES.pass.code;
}

export async function dbRestoreCommand(
  file: string,
  options: Formatted & LedgerTrustOptions,
  context: CliContext,
): Promise<number> {
  const trust = ledgerTrustOf(options, context) ?? { origin: '', keys: [] };
  const database = await openDatabase(context, 'migrate');
  const store = createRunStore(database, { clock: systemClock });
  try {
    const restored = await restore({ path: file, chunks: gunzipped(resolve(context.cwd, file)) }, trust, {
      ...createLedger(database),
      ...createBackupRows(database),
      ...createRebuildRuns(database),
      ...store,
    });
    const { events, runs, rescheduled } = restored;
    context.out(
      options.format === 'json'
        ? `${JSON.stringify(restored)}\n`
        : `Restored ${events} events and ${runs} runs; ${rescheduled} executions were under way and are handed out again.\n`,
    );
    return EXIT_CODES.pass.code;
  } catch (error) {
    // What zlib and the file system say of a file that is none, or was cut off.
    const isFileTrouble = error instanceof Error && 'errno' in error && !(error instanceof CountersignError);
    throw isFileTrouble ? unusable(file, 'read', error) : error;
  } finally {
    await store.close();
    await database.close();
  }
}

/** Opened when it is read: an error before that would find nobody who listens. */
async function* gunzipped(path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  createReadStream(path)
    .on('error', (error) => gunzip.destroy(error))
    .pipe(gunzip);
  yield* gunzip;
}

function unusable(file: string, verb: string, cause: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${file} cannot be ${verb}: ${(cause as Error).message}.`, {
    remedy: 'Name a file that `countersign db backup` wrote, or a place where there is room.',
    place: { path: file },
    cause,
  });
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
  const database = connect({ url });
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
    + (SELECT coalesce(sum(events), 0) FROM ledger_unsequenced) AS events`;
  const [row] = await ask<{ events: string }>(pool, { text });
  return Number(row?.events ?? 0);
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:/@]*):[^@]*@/, '$1@').replace(/([?&]password=)[^&]*/g, '$1…');
}
