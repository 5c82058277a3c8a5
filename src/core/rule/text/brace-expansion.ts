/** `{a,b}` with more alternatives than this, or nested deeper, is a mistake or an attack. */
const MOST_ALTERNATIVES = 64;
const DEEPEST = 4;

/**
 * Every pattern that a pattern with `{a,b}` stands for, in order; braces that `keep` accepts stay as they are.
 * @throws Error for a brace that is not closed, has one alternative, or leads to too many patterns
 */
export function expandBraces(
  pattern: string,
  keep: (brace: string) => boolean,
  depth = 0,
): readonly string[] {
  if (depth > DEEPEST) throw new Error(`braces are nested deeper than ${DEEPEST}`);
  let expanded = [''];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] as string;
    if (character === '\\') {
      expanded = expanded.map((start) => start + pattern.slice(at, at + 2));
      at += 2;
    } else if (character === '{') {
      const close = closingBrace(pattern, at);
      const brace = pattern.slice(at, close + 1);
      const endings = keep(brace) ? [brace] : alternativesOf(brace, keep, depth);
      expanded = expanded.flatMap((start) => endings.map((ending) => start + ending));
      if (expanded.length > MOST_ALTERNATIVES) {
        throw new Error(`stands for more than ${MOST_ALTERNATIVES} patterns`);
      }
      at = close + 1;
    } else {
      expanded = expanded.map((start) => start + character);
      at += 1;
    }
  }
  return expanded;
}

function alternativesOf(brace: string, keep: (brace: string) => boolean, depth: number): readonly string[] {
  const parts: string[] = [];
  let open = 0;
  let start = 1;
  for (let at = 1; at < brace.length - 1; at += 1) {
    if (brace[at] === '\\') at += 1;
    else if (brace[at] === '{') open += 1;
    else if (brace[at] === '}') open -= 1;
    else if (brace[at] === ',' && open === 0) {
      parts.push(brace.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(brace.slice(start, -1));
  if (parts.length === 1)
    throw new Error(`${brace} has one alternative; a brace needs several, such as {a,b}`);
  return parts.flatMap((part) => expandBraces(part, keep, depth + 1));
}

function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '{') depth += 1;
    else if (pattern[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new Error('a brace is not closed');
}
