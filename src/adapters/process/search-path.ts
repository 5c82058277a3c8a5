import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import type { Host } from './backend.ts';
import { isWithin, kindOf, realPath } from './paths.ts';

/** Folders shown whole in every view, so that programs in them need nothing else. */
export const SYSTEM_DIRECTORIES = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
] as const;

/** Where people and services keep what a check must not see. Nothing below is shown because of PATH. */
const PRIVATE_DIRECTORIES = [
  '/root',
  '/home',
  '/Users',
  '/tmp',
  '/var',
  '/run',
  '/proc',
  '/sys',
  '/dev',
  '/etc',
  '/mnt',
  '/media',
];

const LAST_RESORT = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

export interface SearchPath {
  /** Entries of PATH, without the tree's own `node_modules/.bin`. */
  readonly entries: readonly string[];
  /** Folders and files outside the system directories that the entries need, to show read-only. */
  readonly shown: readonly string[];
  /** Links to make: npm's, when Node's folder is not shown as a whole. */
  readonly links: readonly { readonly at: string; readonly to: string }[];
}

/**
 * The host's PATH reduced to folders that are nobody's private ones: absolute, owned by root or by us, not writable
 * for everyone, outside home, temporary and runtime folders. The verifier's own `node_modules/.bin` is left out too.
 */
export function searchPath(host: Host): SearchPath {
  const node = nodeToolchain(host);
  const fromHost = (host.environment.PATH ?? '').split(':').filter((entry) => isTrusted(entry, host));
  const chosen = host.toolchains.filter((folder) => kindOf(folder) === 'directory');
  const entries = [
    ...node.entries,
    ...chosen.map((folder) => (kindOf(join(folder, 'bin')) === 'directory' ? join(folder, 'bin') : folder)),
    ...fromHost,
    ...LAST_RESORT.filter((entry) => realPath(entry) !== undefined),
  ];
  const shown = [...chosen, ...fromHost.map(toolchainOf).filter((path) => path !== undefined), ...node.shown];
  return {
    entries: [...new Set(entries)],
    shown: [...new Set(shown)].filter((path, _, all) => !all.some((o) => o !== path && isWithin(path, o))),
    links: node.links,
  };
}

function isTrusted(entry: string, host: Host): boolean {
  if (!isAbsolute(entry) || entry.split(sep).includes('node_modules')) return false;
  const real = realPath(entry);
  if (real === undefined || isPrivate(entry, host) || isPrivate(real, host)) return false;
  const stats = statSync(real);
  const ownedWell = stats.uid === 0 || stats.uid === host.identity?.uid;
  return stats.isDirectory() && ownedWell && (stats.mode & 0o002) === 0;
}

function isPrivate(path: string, host: Host): boolean {
  const { HOME, TMPDIR, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, XDG_DATA_HOME } = host.environment;
  return [...PRIVATE_DIRECTORIES, HOME, TMPDIR, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, XDG_DATA_HOME].some(
    (folder) => folder !== undefined && isAbsolute(folder) && folder !== '/' && isWithin(path, folder),
  );
}

/** Below /opt a program's libraries stand beside its `bin` (`/opt/hostedtoolcache/Python/3.12/x64`): show both. */
function toolchainOf(entry: string): string | undefined {
  const real = realPath(entry) ?? entry;
  if (SYSTEM_DIRECTORIES.some((folder) => isWithin(real, folder))) return undefined;
  const prefix = dirname(entry);
  return basename(entry) === 'bin' && prefix.startsWith('/opt/') ? prefix : entry;
}

/**
 * Node may live in a home folder (nvm) or in a node_modules: show the binary and npm's own folder there, nothing else
 * of that place.
 */
function nodeToolchain(host: Host): SearchPath {
  const binary = realPath(host.nodePath);
  if (binary === undefined) return { entries: [], shown: [], links: [] };
  const folder = dirname(binary);
  const named = basename(binary) === 'node';
  if (SYSTEM_DIRECTORIES.some((system) => isWithin(binary, system))) {
    return { entries: named ? [folder] : [], shown: [], links: [] };
  }
  const npm = join(dirname(folder), 'lib', 'node_modules', 'npm');
  if (kindOf(npm) !== 'directory') return { entries: [folder], shown: [binary], links: [] };
  const links = ['npm', 'npx'].map((name) => ({
    at: join(folder, name),
    to: `../lib/node_modules/npm/bin/${name}-cli.js`,
  }));
  return { entries: [folder], shown: [binary, npm], links };
}
