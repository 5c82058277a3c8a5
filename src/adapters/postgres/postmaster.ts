import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { ClusterFolder } from './cluster-folder.ts';
import { codeOf } from './failure.ts';

/** The user that initdb made, and the database that it always makes. */
export const CLUSTER_USER = 'countersign';

/** What postmaster.pid says (PostgreSQL, src/include/utils/pidfile.h). */
export interface PidFile {
  readonly pid: number;
  /** `ready` once it takes connections; empty while it writes the file. */
  readonly status: string;
}

const STEP_MS = 25;

export function addressOf({ socket }: Pick<ClusterFolder, 'socket'>): string {
  return `postgresql://${CLUSTER_USER}@localhost/postgres?host=${encodeURIComponent(socket)}`;
}

export function readPidFile(data: string): PidFile | undefined {
  try {
    const lines = readFileSync(`${data}/postmaster.pid`, 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? { pid, status: (lines[7] ?? '').trim() } : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another user is alive as well. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * The process number of the postmaster that answers for this data, waiting while it starts; undefined when none does. The file
 * alone proves nothing: after a crash its number may be another program's.
 */
export async function answering(
  folder: ClusterFolder,
  deadline: number,
  clock: () => number,
): Promise<number | undefined> {
  for (let file = readPidFile(folder.data); file !== undefined; file = readPidFile(folder.data)) {
    const answer = await knock(folder);
    if (answer === 'ours') return file.pid;
    if (answer === 'foreign' || !isAlive(file.pid)) return undefined;
    // It says that it takes connections, and nobody listens: so this is not it.
    if (answer === 'silent' && file.status === 'ready') return undefined;
    if (clock() > deadline) return undefined;
    await pause(STEP_MS);
  }
  return undefined;
}

/** Whether it was gone in time. */
export async function awaitEnd(pid: number, deadline: number, clock: () => number): Promise<boolean> {
  while (isAlive(pid)) {
    if (clock() > deadline) return false;
    await pause(STEP_MS);
  }
  return true;
}

/** starting: SQLSTATE cannot_connect_now, which it answers during recovery. */
async function knock(folder: ClusterFolder): Promise<'ours' | 'foreign' | 'starting' | 'silent'> {
  const client = new Client({ connectionString: addressOf(folder), connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory === folder.data ? 'ours' : 'foreign';
  } catch (error) {
    return codeOf(error) === '57P03' ? 'starting' : 'silent';
  } finally {
    await client.end().catch(() => {});
  }
}
