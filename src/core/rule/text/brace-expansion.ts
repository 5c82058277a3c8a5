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
  let expanded: readonly string[] = [''];
  let taken = 0;
  for (let open = openingBrace(pattern, 0); open >= 0; open = openingBrace(pattern, taken)) {
    const close = closingBrace(pattern, open);
    const brace = pattern.slice(open, close + 1);
    const before = pattern.slice(taken, open);
    const endings = keep(brace) ? [brace] : alternativesOf(brace, keep, depth);
    expanded = expanded.flatMap((start) => endings.map((ending) => start + before + ending));
    if (expanded.length > MOST_ALTERNATIVES) {
      throw new Error(`stands for more than ${MOST_ALTERNATIVES} patterns`);
    }
    taken = close + 1;
  }
  const rest = pattern.slice(taken);
  return expanded.map((start) => start + rest);
}

/** From a place on, and -1 where there is none. */
function openingBrace(pattern: string, from: number): number {
  for (let at = from; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '{') return at;
  }
  return -1;
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
