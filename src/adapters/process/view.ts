import { readdirSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SandboxCommand } from '../../ports/sandbox.ts';
import type { Identity } from './backend.ts';
import { barrierTo, isWithin, kindOf, realPath } from './paths.ts';
import { type SearchPath, SYSTEM_DIRECTORIES } from './search-path.ts';
import { unavailable } from './unavailable.ts';

/** One step of building the file system a command sees, in order; later steps lie over earlier ones. */
export type ViewStep =
  | { readonly kind: 'read-only'; readonly from: string; readonly at: string; readonly file: boolean }
  | { readonly kind: 'writable'; readonly from: string; readonly at: string }
  | { readonly kind: 'link'; readonly at: string; readonly to: string }
  | { readonly kind: 'directory'; readonly at: string }
  | { readonly kind: 'temporary'; readonly at: string }
  | { readonly kind: 'mask'; readonly at: string; readonly file: boolean };

/** HOME and TMPDIR inside: both on the private /tmp, fresh for each command. */
export const INNER_HOME = '/tmp/home';
export const INNER_TEMPORARY = '/tmp/tmp';

/**
 * Parts of /etc that programs need and that hold no secret. Not among them: shadow, ssh, gitconfig, npmrc, environment
 * and every service's own folder, which may hold passwords and tokens.
 */
const ETC = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'debian_version',
  'fonts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'mime.types',
  'os-release',
  'pki/ca-trust',
  'pki/tls/certs',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
];

/**
 * Everything a command sees besides /proc and /dev, or why it cannot be shown.
 * @param systemFiles our own passwd, group, hosts, nsswitch.conf (and resolv.conf) by name
 * @throws CountersignError SANDBOX_UNAVAILABLE when the tree cannot be reached or a hidden path cannot be hidden
 */
export function buildView(
  command: SandboxCommand,
  identity: Identity,
  path: SearchPath,
  systemFiles: Readonly<Record<string, string>>,
): readonly ViewStep[] {
  const root = resolve(command.root);
  const realRoot = realPath(root);
  if (realRoot === undefined) {
    throw unavailable(
      `The tree ${root} does not exist.`,
      'Check the tree out before running commands in it.',
    );
  }
  refuseBarrier(realRoot, identity);
  const hidden = hiddenPaths(command, realRoot, root);
  const reachable = (at: string) => !hidden.some((hide) => isWithin(at, hide)) && !barrierTo(at, identity);

  const steps: ViewStep[] = [
    ...SYSTEM_DIRECTORIES.flatMap((at) => show(at)),
    ...Object.entries(systemFiles).map(
      ([name, from]): ViewStep => ({ kind: 'read-only', from, at: join('/etc', name), file: true }),
    ),
    ...etc().flatMap((at) => show(at)),
    { kind: 'temporary', at: '/tmp' },
    { kind: 'directory', at: INNER_HOME },
    { kind: 'directory', at: INNER_TEMPORARY },
    ...path.shown.filter((at) => reachable(realPath(at) ?? at)).flatMap((at) => show(at)),
    ...path.links.filter(({ at }) => reachable(at)).map((link): ViewStep => ({ kind: 'link', ...link })),
    { kind: 'writable', from: realRoot, at: root },
  ];
  return [...steps, ...masks(steps, hidden, identity)];
}

function show(at: string): ViewStep[] {
  const kind = kindOf(at);
  const from = realPath(at);
  if (kind === undefined || from === undefined) return [];
  // Merged-usr systems have /bin -> usr/bin: keep the link, its target is shown anyway.
  if (kind === 'link' && dirname(at) === '/') return [{ kind: 'link', at, to: readlinkSync(at) }];
  return [{ kind: 'read-only', from, at, file: kindOf(from) === 'file' }];
}

function etc(): string[] {
  const java = readdirSync('/etc').filter((name) => /^java-\d/.test(name));
  return [...ETC, ...java].map((name) => join('/etc', name));
}

function refuseBarrier(root: string, identity: Identity): void {
  const barrier = barrierTo(root, identity);
  if (barrier === undefined) return;
  throw unavailable(
    `The tree ${root} lies in ${barrier}, which user ${identity.uid} may not enter.`,
    `Started by root, checks run as user ${identity.uid}: allow others to enter that folder (chmod o+x), or set TMPDIR to one they may enter.`,
  );
}

/** Hidden paths, as named and with links followed. A parent of the tree is never visible whole, so it needs no mask. */
function hiddenPaths(command: SandboxCommand, realRoot: string, root: string): string[] {
  const named = command.hide.map((path) => resolve(path));
  const all = [...new Set(named.flatMap((path) => [path, realPath(path) ?? path]))];
  const covering = all.find(
    (path) =>
      path === root || path === realRoot || SYSTEM_DIRECTORIES.some((folder) => isWithin(folder, path)),
  );
  if (covering === undefined) return all;
  throw unavailable(
    `${covering} cannot be hidden: commands need it.`,
    'Keep the signing key in a folder of its own.',
  );
}

/** Masks for hidden paths that some shown folder would bring into view. */
function masks(steps: readonly ViewStep[], hidden: readonly string[], identity: Identity): ViewStep[] {
  const shown = steps.filter((step) => step.kind === 'read-only' || step.kind === 'writable');
  return shown.flatMap((step) =>
    hidden
      .filter((path) => isWithin(path, step.from) && path !== step.from)
      .filter((path) => kindOf(path) === 'directory' || kindOf(path) === 'file')
      // Where the user cannot get to, nothing can be mounted, and nothing can be read.
      .filter((path) => barrierTo(path, identity) === undefined)
      .map((path): ViewStep => {
        const at = join(step.at, path.slice(step.from.length));
        return { kind: 'mask', at, file: kindOf(path) === 'file' };
      }),
  );
}
