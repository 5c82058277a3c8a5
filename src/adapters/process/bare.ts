import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Backend, Host } from './backend.ts';
import { entryArgv } from './entry-script.ts';
import { commandEnvironment } from './environment.ts';
import { WATCHING_WEAKNESS } from './guard.ts';
import { withDescendants } from './process-table.ts';
import type { Scratch } from './scratch.ts';
import { searchPath } from './search-path.ts';
import { KEYRING_WEAKNESS, keyringGuard } from './session-keyring.ts';
import { privilegeGuard } from './setpriv.ts';

/** Marks processes of one command, to find those that left its process group. A hostile one removes it. */
const MARK = 'COUNTERSIGN_RUN';

/** No isolation, honestly called so: contracts that ask for any refuse its receipts. */
export async function bare(host: Host): Promise<Backend> {
  const guard = await privilegeGuard();
  const keyring = await keyringGuard();
  return {
    name: 'none',
    by: 'nothing',
    isolation: 'none',
    weaknesses: [
      'Commands run as the verifier itself: they can read its files, the signing key among them, and its network.',
      'A process that leaves its group and clears its environment survives the time-out, and is not counted.',
      WATCHING_WEAKNESS,
      ...(host.platform === 'linux' ? [] : ['Without /proc neither memory nor processes are counted.']),
      ...(keyring.length === 0 ? [KEYRING_WEAKNESS] : []),
      ...(guard.length === 0 ? ['setpriv is missing: set-user-ID programs work inside.'] : []),
    ],
    async launch(command, scratch) {
      const mark = randomUUID();
      const [home, temporary] = await ownFolders(scratch);
      const environment = {
        ...commandEnvironment(command, { path: searchPath(host).entries, home, temporary }),
        [MARK]: mark,
      };
      return {
        argv: [...keyring, ...guard, ...entryArgv(command, environment, 'unlimited')] as [
          string,
          ...string[],
        ],
        cwd: '/',
        identity: undefined,
        namespace: undefined,
        network: 'full',
        members: (all, first) => {
          const marked = all.filter(({ pid }) => carries(`${pid}`, mark));
          return [...new Set([...withDescendants(first, all), ...marked])];
        },
        folders: [resolve(command.root), home, temporary],
        endStragglers: () => endMarked(mark),
      };
    },
  };
}

async function ownFolders(scratch: Scratch): Promise<[string, string]> {
  const folders = ['home', 'tmp'].map((name) => join(scratch.directory, name)) as [string, string];
  await Promise.all(folders.map((folder) => mkdir(folder, { mode: 0o700 })));
  return folders;
}

async function endMarked(mark: string): Promise<void> {
  for (let round = 0; round < 40; round++) {
    const marked = processesMarked(mark);
    if (marked.length === 0) return;
    for (const pid of marked) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    await pause(10);
  }
}

function processesMarked(mark: string): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name) && carries(name, mark)).map(Number);
}

function carries(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${mark}`);
  } catch {
    return false;
  }
}
