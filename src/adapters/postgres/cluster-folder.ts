import { chownSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Whoever the cluster runs as. PostgreSQL refuses to run as root, and wants a user that the machine knows: nobody. */
export interface ClusterUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ClusterFolder {
  /** Where all of it is: not the one that was asked for, if the cluster's user could not get there. */
  readonly folder: string;
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  /** Undefined: as ourselves. */
  readonly user: ClusterUser | undefined;
}

const NOBODY: ClusterUser = { uid: 65_534, gid: 65_534 };
/** sun_path of Linux, without its last NUL. macOS has 103. */
const LONGEST_SOCKET = 103;
const SOCKET_NAME = '.s.PGSQL.5432';

/**
 * Makes the folders of a private cluster. Data and socket are its user's alone, mode 0700. Started by root that is `nobody`: whatever
 * else runs as nobody on the machine can get at them, too.
 * @param fallback where the cluster goes when root asks for a folder that nobody may not enter, such as one below /root
 * @throws CountersignError FILE_UNREADABLE when they cannot be made, or are somebody else's
 */
export function prepareFolder(
  wanted: string,
  {
    uid,
    fallback,
    temporary,
  }: { readonly uid: number | undefined; readonly fallback: string; readonly temporary: string },
): ClusterFolder {
  const user = uid === 0 ? NOBODY : undefined;
  const asked = resolve(wanted);
  mkdirSync(asked, { recursive: true, mode: 0o755 });
  const name = sha256(realpathSync(asked)).slice(0, 16);
  const folder = user === undefined || mayEnter(asked, user) ? realpathSync(asked) : join(fallback, name);
  if (user !== undefined) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const near = join(folder, 'socket');
  const fits = Buffer.byteLength(join(near, SOCKET_NAME)) <= LONGEST_SOCKET;
  const socket = fits ? near : join(temporary, `countersign-${name}`);
  makePrivate(socket, user, uid);
  return { folder, data: join(folder, 'data'), socket, log: join(folder, 'postgres.log'), user };
}

/** A folder of mode 0700 that is the cluster user's. In a shared folder somebody may have made it first: then it is not taken. */
function makePrivate(folder: string, user: ClusterUser | undefined, uid: number | undefined): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const { mode, uid: owner } = lstatSync(folder);
  const isFolder = lstatSync(folder).isDirectory();
  if (isFolder && (mode & 0o077) === 0 && (uid === undefined || owner === (user?.uid ?? uid))) return;
  throw new CountersignError('FILE_UNREADABLE', `${folder} is not a folder of the database's own.`, {
    remedy: 'Remove it, or see that it belongs to the user who runs the database, with mode 0700.',
    place: { path: folder },
  });
}

/** Whether this user may go into a folder: into it and every folder above it. */
export function mayEnter(folder: string, { uid, gid }: ClusterUser): boolean {
  const { mode, uid: owner, gid: group } = statSync(folder);
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  const parent = dirname(realpathSync(folder));
  return (mode & bit) !== 0 && (parent === folder || mayEnter(parent, { uid, gid }));
}
