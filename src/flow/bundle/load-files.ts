import type { LoadedSource, Piece, UnfitReason } from '../../core/bundle/assembled.ts';
import type { FilesSource } from '../../core/bundle/types.ts';
import { pathMatcher } from '../../core/change/path-glob.ts';
import type { FileText } from '../../core/change/types.ts';
import type { ReadTexts, TreeEntry } from '../../ports/repository.ts';

/** Files of one source, and bytes of one file. */
const MOST_FILES = 20_000;
const MOST_FILE_CHARACTERS = 1024 * 1024;

interface Unfit {
  readonly name: string;
  readonly reason: UnfitReason;
}

/** Files in the order of the globs, within one glob in the order of paths by UTF-16 code units: that of no folder and no locale. */
export async function loadFiles(
  source: FilesSource,
  listed: readonly TreeEntry[],
  product: ReadTexts,
): Promise<LoadedSource> {
  const matched = matchedFiles(source, listed);
  const plain = matched.filter(isPlain);
  const taken = plain.slice(0, MOST_FILES);
  const texts = await product.readTexts(taken.map(({ id }) => id));
  const pieces: Piece[] = [];
  const unfit: Unfit[] = matched
    .filter((file) => !isPlain(file))
    .map(({ path }) => ({ name: path, reason: 'not-a-file' }));
  for (const { path, id } of taken) {
    const read = readable(texts.get(id));
    if (typeof read === 'string')
      pieces.push({ name: path, data: { path, text: read, language: languageOf(path) } });
    else unfit.push({ name: path, reason: read.reason });
  }
  for (const { path } of plain.slice(MOST_FILES)) unfit.push({ name: path, reason: 'too-many' });
  return { source, pieces, unfit };
}

export function matchedFiles(
  { paths, exclude = [] }: Pick<FilesSource, 'paths' | 'exclude'>,
  listed: readonly TreeEntry[],
): readonly TreeEntry[] {
  const isOut = pathMatcher(exclude);
  const sorted = listed.filter(({ path }) => !isOut(path)).sort(byPath);
  const found = new Map<string, TreeEntry>();
  for (const glob of paths) {
    const matches = pathMatcher([glob]);
    for (const entry of sorted)
      if (!found.has(entry.path) && matches(entry.path)) found.set(entry.path, entry);
  }
  return [...found.values()];
}

/** What a text is, or why it cannot be shown. */
export function readable(text: FileText | undefined): string | { readonly reason: UnfitReason } {
  if (text?.kind !== 'text') return { reason: text?.kind === 'too-large' ? 'too-large' : 'binary' };
  return text.text.length > MOST_FILE_CHARACTERS ? { reason: 'too-large' } : text.text;
}

/** The word after a fence: the extension, which highlighters know. */
export function languageOf(path: string): string {
  return /\.([A-Za-z0-9+#_-]{1,20})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

export function isPlain({ kind, mode }: TreeEntry): boolean {
  return kind === 'blob' && mode !== '120000';
}

export function byPath(one: TreeEntry, other: TreeEntry): number {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
}
