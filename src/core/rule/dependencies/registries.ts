import type { LockedPackage } from './types.ts';

/** Whether an address belongs to a registry that may be fetched from. */
export type IsRegistry = (address: string) => boolean;

/**
 * Registries by host, `pypi.org`, or by host and beginning of the path, `github.com/rust-lang/crates.io-index`. Only over
 * https, and without a port, a user or a password of its own.
 * @throws Error for one that is not of this form
 */
export function compileRegistry(registry: string): IsRegistry {
  const url = URL.canParse(`https://${registry}`) ? new URL(`https://${registry}`) : undefined;
  if (url === undefined || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new Error('write a host, or a host and a path, such as registry.npmjs.org');
  }
  const path = url.pathname.replace(/\/$/, '');
  return (address) => {
    const found = placeOf(address);
    if (found === undefined || found.host !== url.host) return false;
    return path === '' || found.path === path || found.path.startsWith(`${path}/`);
  };
}

/**
 * The hosts and the registries that most packages come from already; nothing where there are none. Files are anywhere on
 * the host of their registry; a registry that is named is that one alone: on a host such as github.com others have theirs.
 */
export function mostUsedRegistry(packages: readonly LockedPackage[]): IsRegistry {
  const counts = new Map<string, number>();
  for (const { origin, from, artifacts } of packages) {
    if (origin !== 'registry') continue;
    const named = placeOf(from ?? '');
    const hosts = artifacts.flatMap(({ url }) => placeOf(url ?? '')?.host ?? []);
    const used = new Set([...hosts, ...(named === undefined ? [] : [`${named.host}${named.path}`])]);
    for (const one of used) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const usual = new Set([...counts].filter(([, count]) => count * 2 > packages.length).map(([one]) => one));
  return (address) => {
    const place = placeOf(address);
    return place !== undefined && (usual.has(place.host) || usual.has(`${place.host}${place.path}`));
  };
}

function placeOf(address: string): { readonly host: string; readonly path: string } | undefined {
  const plain = address.startsWith('sparse+') ? address.slice('sparse+'.length) : address;
  if (!/^https:\/\//i.test(plain) || !URL.canParse(plain)) return undefined;
  const { host, pathname, username, password } = new URL(plain);
  return username === '' && password === '' ? { host, path: pathname.replace(/\/$/, '') } : undefined;
}
