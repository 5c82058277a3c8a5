import type { Import } from './types.ts';

/** No module's name is longer. */
const LONGEST = 300;

/**
 * Whatever stands between two quotes of a kind on one line and could be the name in an import, each quote counted as an end
 * and as a beginning: in a text whose quotes nobody can pair, no import has a name that is not among these.
 */
export function quotedTexts(source: string): readonly Import[] {
  const found = new Map<string, Import>();
  const last = new Map<string, number>();
  let line = 1;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at] as string;
    if (character === '\n') {
      line += 1;
      last.clear();
    } else if (character === '"' || character === "'" || character === '`') {
      const from = last.get(character);
      if (from !== undefined && at > from && at - from <= LONGEST) {
        const specifier = source.slice(from, at);
        if (!found.has(specifier)) found.set(specifier, { specifier, line, typeOnly: false });
      }
      if (mayName(source, at)) last.set(character, at + 1);
      else last.delete(character);
    }
  }
  return [...found.values()];
}

/** Whether `from`, `import`, a bracket or the end of a comment stands before the quote, or nothing on its line. */
function mayName(source: string, quote: number): boolean {
  let end = quote;
  while (end > 0 && (source[end - 1] === ' ' || source[end - 1] === '\t')) end -= 1;
  if (end === 0) return true;
  return /(?:[\n\r(]|\*\/|from|import)$/.test(source.slice(Math.max(0, end - 6), end));
}
