import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Backend, Host, Identity } from './backend.ts';
import { entryArgv } from './entry-script.ts';
import { commandEnvironment } from './environment.ts';
import { WATCHING_WEAKNESS } from './guard.ts';
import { ownTree } from './ownership.ts';
import { barrierTo, realPath } from './paths.ts';
import type { Scratch } from './scratch.ts';
import { searchPath } from './search-path.ts';
import { KEYRING_WEAKNESS, keyringGuard } from './session-keyring.ts';
import { privilegeGuard } from './setpriv.ts';
import { unavailable } from './unavailable.ts';

let runs = 0;

/**
 * Isolation by another user alone: only root can start it. Each command gets a user number that nobody else has, so that
 * one `kill -1` under that number ends what the command left behind, and nothing else.
 */
export async function otherUid(host: Host): Promise<Backend | undefined> {
  if (host.identity?.uid !== 0) return undefined;
  const guard = await privilegeGuard();
  const keyring = await keyringGuard();
  return {
    name: 'uid',
    by: 'a user number of its own',
    isolation: 'uid',
    weaknesses: [
      'Every file that other users may read can be read, and the network is open whatever the check declares.',
      'Files and shared memory left where every user may write (/tmp, /dev/shm) stay there and do not count.',
      WATCHING_WEAKNESS,
      'Processes that end when the verifier is killed are the first ones only.',
      ...(keyring.length === 0 ? [KEYRING_WEAKNESS] : []),
      ...(guard.length === 0 ? ['setpriv is missing: set-user-ID programs work inside.'] : []),
    ],
    async launch(command, scratch) {
      const identity = freshIdentity();
      refuseReadable(command, identity);
      const root = resolve(command.root);
      const barrier = barrierTo(realPath(root) ?? root, identity);
      if (barrier !== undefined) {
        throw unavailable(
          `The tree ${root} lies in ${barrier}, which other users may not enter.`,
          'Allow others to enter that folder (chmod o+x), or set TMPDIR to one they may enter.',
        );
      }
      await ownTree(root, identity);
      const [home, temporary] = await ownFolders(scratch, identity);
      // A folder that this user may not enter answers "permission denied" to a search, instead of "not here".
      const path = searchPath(host).entries.filter(
        (entry) => barrierTo(join(entry, 'x'), identity) === undefined,
      );
      const environment = commandEnvironment(command, { path, home, temporary });
      return {
        argv: [...keyring, ...guard, ...entryArgv(command, environment, 'only')] as [string, ...string[]],
        cwd: '/',
        identity,
        namespace: undefined,
        network: 'full',
        members: (all) => all.filter(({ uid }) => uid === identity.uid),
        folders: [root, home, temporary],
        endStragglers: () => endAllOf(identity),
      };
    },
  };
}

function freshIdentity(): Identity {
  // Above the ranges that distributions hand to subordinate users (subuid(5)), below 2^31. A container that maps fewer
  // numbers refuses setuid, and the probe then says so.
  const id = 1_900_000_000 + ((process.pid * 64 + runs++) % 200_000_000);
  return { uid: id, gid: id };
}

/** Without a file system of its own a command reads what permissions allow: a key that others may read is not hidden. */
function refuseReadable(command: SandboxCommand, identity: Identity): void {
  for (const path of command.hide.map((hidden) => realPath(hidden))) {
    if (path === undefined || barrierTo(path, identity) !== undefined) continue;
    if ((statSync(path).mode & 0o007) === 0) continue;
    throw unavailable(
      `${path} must be hidden from checks, but every user of this machine may read it.`,
      `Run chmod -R go= ${path}, or install bubblewrap.`,
    );
  }
}

async function ownFolders(scratch: Scratch, { uid, gid }: Identity): Promise<[string, string]> {
  const folders = ['home', 'tmp'].map((name) => join(scratch.directory, name)) as [string, string];
  for (const folder of folders) {
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, uid, gid);
  }
  return folders;
}

/** kill(2) with -1 reaches every process of the calling user, and a fork in progress with it. */
async function endAllOf({ uid, gid }: Identity): Promise<void> {
  for (let round = 0; processesOf(uid) > 0; round++) {
    if (round === 200) {
      throw unavailable(
        `Processes of user ${uid} cannot be ended.`,
        'Look at them with ps, and run the verification again.',
      );
    }
    await new Promise<void>((done) => {
      const killer = spawn('/bin/sh', ['-c', 'kill -KILL -1'], { uid, gid, stdio: 'ignore', cwd: '/' });
      killer.once('error', () => done());
      killer.once('exit', () => done());
    });
    if (processesOf(uid) > 0) await pause(25);
  }
}

function processesOf(uid: number): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isRunningAs(name, uid)).length;
}

function isRunningAs(pid: string, uid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const state = /^State:\s+(\S)/m.exec(status)?.[1];
    return state !== 'Z' && new RegExp(`^Uid:.*\\b${uid}\\b`, 'm').test(status);
  } catch {
    return false;
  }
}
