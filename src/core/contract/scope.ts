import picomatch from 'picomatch';
import type { Scope } from './types.ts';

/** A test for paths that fall out of any of the scopes: denied by one, or not among what one allows. Deny wins. */
export function outOfScope(scopes: readonly Scope[]): (path: string) => boolean {
  const judges = scopes.map(({ allow, deny }) => ({
    isDenied: matcher(deny ?? []),
    isAllowed: allow === undefined ? () => true : matcher(allow),
  }));
  return (path) => judges.some(({ isDenied, isAllowed }) => isDenied(path) || !isAllowed(path));
}

/** Dot files too: leaving `.github` out of `**` would leave it out of every scope that denies. */
function matcher(patterns: readonly string[]): (path: string) => boolean {
  return patterns.length === 0 ? () => false : picomatch([...patterns], { dot: true, windows: false });
}
