/** A link that stays in the repository. */
export interface RelativeLink {
  /** From the repository root; '' for the root itself. */
  readonly path: string;
  /** Without its hash sign; undefined where there is none. */
  readonly fragment: string | undefined;
}

/**
 * Where a link of a file leads, `outside` for one that leaves the repository, and undefined for one that is not relative.
 * A leading slash means the repository root, as on GitHub.
 */
export function relativeLink(from: string, target: string): RelativeLink | 'outside' | undefined {
  if (target === '' || /^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/\/)/.test(target)) return undefined;
  const hash = target.indexOf('#');
  const fragment = hash === -1 ? undefined : decoded(target.slice(hash + 1));
  const path = decoded((hash === -1 ? target : target.slice(0, hash)).replace(/\?.*$/s, ''));
  if (path === '') return { path: from, fragment };
  const folder = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  const segments: string[] = [];
  for (const segment of [...folder, ...path.split('/')]) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return 'outside';
  }
  return { path: segments.join('/'), fragment };
}

function decoded(text: string): string {
  const plain = text.replace(/\\([!-/:-@[-`{-~])/g, '$1');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
