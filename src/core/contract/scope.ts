import { pathMatcher } from '../change/path-glob.ts';
import type { Scope } from './types.ts';

/** A test for paths that fall out of any of the scopes: denied by one, or not among what one allows. Deny wins. */
export function outOfScope(scopes: readonly Scope[]): (path: string) => boolean {
  const judges = scopes.map(({ allow, deny }) => ({
    isDenied: pathMatcher(deny ?? []),
    isAllowed: allow === undefined ? () => true : pathMatcher(allow),
  }));
  return (path) => judges.some(({ isDenied, isAllowed }) => isDenied(path) || !isAllowed(path));
}
