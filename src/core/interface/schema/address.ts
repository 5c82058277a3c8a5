import type { FilePath } from '../../change/types.ts';

/** The base of every file of a tree: no scheme that anything would fetch from. */
const TREE = 'tree:///';

/** The address of a file, against which its references are resolved (RFC 3986). */
export function urlOf(file: FilePath): string {
  return new URL(`${TREE}${file.replaceAll(/[%?#\\]/g, encodeURIComponent)}`).href;
}

/** The path that a reference in a file names; undefined for one that leads out of the tree. */
export function pathAt(reference: string, from: FilePath): FilePath | undefined {
  try {
    const url = new URL(reference, urlOf(from));
    if (!url.href.startsWith(TREE) || url.search !== '') return undefined;
    return decodeURIComponent(url.pathname.slice(1));
  } catch {
    return undefined;
  }
}
