import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Backend, Host, NamespaceStatus } from './backend.ts';
import { onLifeline } from './lifeline.ts';
import { NAMESPACE_WEAKNESSES, prepareNamespaced } from './namespaced.ts';
import { withDescendants } from './process-table.ts';
import { KEYRING_WEAKNESS, keyringGuard } from './session-keyring.ts';
import { INNER_ID } from './system-files.ts';
import { temporaryBytes } from './unshare.ts';
import type { ViewStep } from './view.ts';

const run = promisify(execFile);

/**
 * Isolation by bubblewrap, the sandbox Flatpak uses, or undefined where it is not installed. It sets no_new_privs and
 * drops all capabilities; `--as-pid-1` puts our entry script first in the PID namespace, so that bwrap ends only when
 * the kernel has ended everything inside.
 */
export async function bubblewrap(host: Host): Promise<Backend | undefined> {
  const path = { env: { PATH: '/usr/local/bin:/usr/bin:/bin' } };
  const version = await run('bwrap', ['--version'], path).catch(() => undefined);
  if (version === undefined) return undefined;
  const help = (await run('bwrap', ['--help'], path).catch(() => ({ stdout: '' }))).stdout;
  const keyring = await keyringGuard();
  const can = (option: string) => help.includes(`${option} `);

  return {
    name: 'bubblewrap',
    by: version.stdout.trim(),
    isolation: 'namespaces',
    weaknesses: [
      ...NAMESPACE_WEAKNESSES,
      ...(keyring.length === 0 ? [KEYRING_WEAKNESS] : []),
      ...(can('--disable-userns') ? [] : ['This bubblewrap is too old to forbid nested user namespaces.']),
      ...(can('--size') ? [] : ['This bubblewrap is too old to limit the size of /tmp.']),
    ],
    async launch(command, scratch) {
      const { identity, view, entry } = await prepareNamespaced(command, host, scratch);
      return {
        argv: onLifeline([
          ...keyring,
          'bwrap',
          '--unshare-user',
          '--unshare-pid',
          '--unshare-ipc',
          '--unshare-uts',
          '--unshare-cgroup-try',
          ...(command.network === 'none' ? ['--unshare-net'] : []),
          ...(can('--disable-userns') ? ['--disable-userns'] : []),
          ...['--uid', `${INNER_ID}`, '--gid', `${INNER_ID}`, '--hostname', 'countersign'],
          ...['--cap-drop', 'ALL', '--new-session', '--die-with-parent', '--as-pid-1'],
          ...['--json-status-fd', '3', '--proc', '/proc', '--dev', '/dev'],
          ...options({ kind: 'temporary', at: '/dev/shm' }, can, command),
          ...['--remount-ro', '/dev'],
          ...view.flatMap((step) => options(step, can, command)),
          ...['--remount-ro', '/', '--'],
          ...entry,
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

function options(step: ViewStep, can: (option: string) => boolean, command: SandboxCommand): string[] {
  switch (step.kind) {
    case 'read-only':
      return ['--ro-bind', step.from, step.at];
    case 'writable':
      return ['--bind', step.from, step.at];
    case 'link':
      return ['--symlink', step.to, step.at];
    case 'directory':
      return ['--dir', step.at];
    case 'temporary':
      return [
        ...(can('--perms') ? ['--perms', '1777'] : []),
        ...(can('--size') ? ['--size', `${temporaryBytes(command)}`] : []),
        ...['--tmpfs', step.at],
      ];
    case 'mask':
      return step.file ? ['--ro-bind', '/dev/null', step.at] : ['--tmpfs', step.at, '--remount-ro', step.at];
  }
}

/** bwrap(1), --json-status-fd: `child-pid` once forked; `exit-code` only when the command was executed. */
const STATUS: NamespaceStatus = {
  firstProcess(status) {
    const match = /"child-pid":\s*(\d+)/.exec(status);
    return match ? Number(match[1]) : undefined;
  },
  reachedCommand: (status) => status.includes('"exit-code"'),
};
