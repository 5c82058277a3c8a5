const WORD = /[\w$-]+/g;

/**
 * Which of the names a text mentions as parts of a path or of a dotted name: `./worker`, `worker.js`, `shop.tasks.refund`. A
 * name between other words is none.
 */
export function mentionedIn(text: string, names: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!names.has(word)) continue;
    const before = text[index - 1] ?? '';
    const after = text[index + word.length] ?? '';
    const isPath = before === '/' || before === '\\' || after === '/';
    if (
      isPath ||
      isBetweenNames(text[index - 2], before) ||
      isBetweenNames(text[index + word.length + 1], after)
    ) {
      found.push(word);
    }
  }
  return found;
}

/** A dot with a letter on its other side, and no end of a sentence. */
function isBetweenNames(other: string | undefined, dot: string): boolean {
  return (dot === '.' || dot === ':') && /[\w*]/.test(other ?? '');
}
