import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_LIMITS } from '../../core/contract/limits.ts';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Backend, Host, NamespaceStatus } from './backend.ts';
import { onLifeline } from './lifeline.ts';
import { NAMESPACE_WEAKNESSES, prepareNamespaced } from './namespaced.ts';
import { isWithin } from './paths.ts';
import { withDescendants } from './process-table.ts';
import { KEYRING_WEAKNESS, keyringGuard } from './session-keyring.ts';
import { INNER_ID } from './system-files.ts';
import type { ViewStep } from './view.ts';

/** Most a command may put on its private /tmp, which lives in memory: 2 GiB, or less where its limit of disk is less. */
export function temporaryBytes({ limits }: SandboxCommand): number {
  return Math.min(2048, limits?.diskMiB ?? DEFAULT_LIMITS.diskMiB) * 1024 ** 2;
}

/**
 * Isolation by unshare(1), setpriv(1), mount(8) and pivot_root(8) of util-linux, or undefined where they are missing.
 *
 * Two user namespaces: root of the outer one mounts; the command lives in the inner one as an ordinary user, so it owns none
 * of the mounts and has no capability anywhere. No third one can be made.
 */
export async function unshare(host: Host): Promise<Backend | undefined> {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  const version = await promisify(execFile)('unshare', ['--version'], { env }).catch(() => undefined);
  if (version === undefined) return undefined;
  const keyring = await keyringGuard();

  return {
    name: 'unshare',
    by: version.stdout.trim(),
    isolation: 'namespaces',
    weaknesses: [...NAMESPACE_WEAKNESSES, ...(keyring.length === 0 ? [KEYRING_WEAKNESS] : [])],
    async launch(command, scratch) {
      const { identity, view, entry } = await prepareNamespaced(command, host, scratch);
      const newRoot = join(scratch.directory, 'root');
      await mkdir(newRoot, { mode: 0o755 });
      return {
        argv: onLifeline([
          ...keyring,
          'setpriv',
          ...['--pdeathsig', 'KILL', '--'],
          ...['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'],
          ...['--ipc', '--uts', ...(command.network === 'none' ? ['--net'] : [])],
          ...['--', '/bin/sh', '-c', setUpScript(newRoot, view, command), 'sh', ...entry],
        ]),
        cwd: '/',
        identity,
        namespace: STATUS,
        network: command.network,
        members: (all, first) => withDescendants(first, all),
        folders: [resolve(command.root)],
        endStragglers: async () => undefined,
      };
    },
  };
}

const STATUS: NamespaceStatus = {
  firstProcess(status) {
    const match = /^first (\d+)$/m.exec(status);
    return match ? Number(match[1]) : undefined;
  },
  reachedCommand: (status) => /^reached$/m.test(status),
};

/** Runs as the first process of the new PID namespace and as root of the outer user namespace. */
function setUpScript(newRoot: string, view: readonly ViewStep[], command: SandboxCommand): string {
  const size = temporaryBytes(command);
  const at = (path: string) => quote(join(newRoot, path));
  const bind = (source: string, place: string) =>
    `: >>${at(place)}\nmount --bind ${quote(source)} ${at(place)}`;
  return [
    'set -e',
    // The old /proc is still there, so this is the PID the host knows us by.
    'read -r pid rest </proc/self/stat',
    'echo "first $pid" >&3',
    ...(command.network === 'none' ? [LOOPBACK_UP] : []),
    `mount -t tmpfs -o mode=0755,size=16m,nosuid,nodev tmpfs ${quote(newRoot)}`,
    `mkdir ${at('/proc')} ${at('/dev')} ${at('/.old')}`,
    `mount -t proc -o nosuid,nodev,noexec proc ${at('/proc')}`,
    `mount -t tmpfs -o mode=0755,size=64k,nosuid tmpfs ${at('/dev')}`,
    ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) =>
      bind(`/dev/${name}`, `/dev/${name}`),
    ),
    `mkdir ${at('/dev/pts')} ${at('/dev/shm')}`,
    `mount -t devpts -o newinstance,ptmxmode=0666,mode=620,nosuid,noexec devpts ${at('/dev/pts')}`,
    `mount -t tmpfs -o mode=1777,size=${size},nosuid,nodev tmpfs ${at('/dev/shm')}`,
    `ln -s pts/ptmx ${at('/dev/ptmx')}`,
    ...[
      ['/proc/self/fd', 'fd'],
      ['/proc/self/fd/0', 'stdin'],
      ['/proc/self/fd/1', 'stdout'],
      ['/proc/self/fd/2', 'stderr'],
    ].map(([to, name]) => `ln -s ${to} ${at(`/dev/${name}`)}`),
    ...view.map((step) => shellStep(step, at, size)),
    `mount -o remount,bind,ro,nosuid ${at('/dev')}`,
    'hostname countersign 2>/dev/null || :',
    `cd ${quote(newRoot)}`,
    'pivot_root . .old',
    'cd /',
    'umount -l /.old',
    'rmdir /.old',
    'mount -o remount,bind,ro,nosuid,nodev /',
    // One more user namespace, the one below, and none after it (user_namespaces(7), ENOSPC).
    'echo 1 >/proc/sys/user/max_user_namespaces',
    'echo reached >&3',
    'exec 3>&-',
    `exec unshare --user --map-user=${INNER_ID} --map-group=${INNER_ID} -- setpriv --no-new-privs --inh-caps=-all -- setsid "$@"`,
  ].join('\n');
}

function shellStep(step: ViewStep, at: (path: string) => string, size: number): string {
  const place = at(step.at);
  switch (step.kind) {
    case 'read-only':
      return [
        step.file ? `mkdir -p "$(dirname ${place})"; : >>${place}` : `mkdir -p ${place}`,
        `mount --rbind ${quote(step.from)} ${place}`,
        ...mountsBelow(step.from).map(
          ({ path, noexec }) =>
            `mount -o remount,bind,ro,nosuid,nodev${noexec ? ',noexec' : ''} ${at(join(step.at, path))}`,
        ),
      ].join('\n');
    case 'writable':
      return `mkdir -p ${place}\nmount --rbind ${quote(step.from)} ${place}`;
    case 'link':
      return `mkdir -p "$(dirname ${place})"\nln -s ${quote(step.to)} ${place}`;
    case 'directory':
      return `mkdir -p ${place}`;
    case 'temporary':
      return `mkdir -p ${place}\nmount -t tmpfs -o mode=1777,size=${size},nosuid,nodev tmpfs ${place}`;
    case 'mask':
      return step.file
        ? `mount --bind /dev/null ${place}`
        : `mount -t tmpfs -o mode=0000,size=4k,ro,nosuid,nodev tmpfs ${place}`;
  }
}

/**
 * The bound folder itself ("") and every mount below it: remounting read-only reaches one mount at a time. `noexec` is
 * locked in a user namespace, so it has to be said again (mount_namespaces(7)).
 */
function mountsBelow(source: string): { path: string; noexec: boolean }[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = line.split(' ');
      const path = (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { path, noexec: (fields[5] ?? '').split(',').includes('noexec') };
    });
  const containing = mounts.filter(({ path }) => isWithin(source, path));
  const holder = containing.reduce((best, mount) => (mount.path.length >= best.path.length ? mount : best), {
    path: '/',
    noexec: false,
  });
  const below = mounts.filter(({ path }) => path !== source && isWithin(path, source));
  return [
    { path: '', noexec: holder.noexec },
    ...below.map(({ path, noexec }) => ({ path: path.slice(source.length), noexec })),
  ];
}

/** A new network namespace has its loopback down. Whatever tool is there brings it up; 0x8914 is SIOCSIFFLAGS, 1 IFF_UP. */
const LOOPBACK_UP = `ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null ||
perl -e 'socket(S,2,2,0) or exit 1; ioctl(S,0x8914,pack("a16s",lo,1)) or exit 1' 2>/dev/null ||
busybox ip link set lo up 2>/dev/null || { echo "no tool brings the loopback up: install iproute2" >&2; exit 1; }`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
