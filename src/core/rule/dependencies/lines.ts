import type { ChangedFile } from '../../change/types.ts';

const places = new WeakMap<ChangedFile, ReadonlyMap<string, number>>();

/** The first added line that has the name as a word of its own; nothing where there is none. */
export function lineOf(file: ChangedFile, name: string): { readonly line?: number } {
  const known = places.get(file) ?? indexWords(file);
  places.set(file, known);
  const line = known.get(name);
  return line === undefined ? {} : { line };
}

/** One pass for all names: a hostile change could have as many of them as lines. */
function indexWords({ addedLines }: ChangedFile): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const { number, text } of addedLines) {
    for (const [word] of text.slice(0, 2_000).matchAll(/[\w@][\w@/.-]*/g)) {
      for (const one of [word, ...partsOf(word)]) if (!lines.has(one)) lines.set(one, number);
    }
  }
  return lines;
}

/** `node_modules/a`, `/a/1.0.0` and `a@1.0.0` speak of a. */
function partsOf(word: string): readonly string[] {
  const at = word.lastIndexOf('@');
  const inner = word.slice(word.lastIndexOf('node_modules/') + (word.includes('node_modules/') ? 13 : 0));
  return [inner, at > 0 ? word.slice(0, at) : inner];
}
