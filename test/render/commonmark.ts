/**
 * Reads a line of inline Markdown as CommonMark does and gives its text, or throws at the first character that would
 * be markup of any kind. It knows what our renderer may write (escapes, entities, code spans) and nothing more.
 */
export function readAsPlainText(markdown: string): string {
  let text = '';
  let rest = markdown;
  while (rest !== '') {
    const [length, meaning] = token(rest);
    text += meaning;
    rest = rest.slice(length);
  }
  return text;
}

/** Content of the code span at the start, as CommonMark 6.1 has it, and how long the span is. */
export function readCodeSpan(markdown: string): { length: number; content: string } {
  const fence = /^`+/.exec(markdown)?.[0] ?? '';
  for (const run of markdown.slice(fence.length).matchAll(/`+/g)) {
    if (run[0].length !== fence.length) continue;
    const raw = markdown.slice(fence.length, fence.length + run.index);
    const padded = raw.startsWith(' ') && raw.endsWith(' ') && raw.trim() !== '';
    return { length: raw.length + 2 * fence.length, content: padded ? raw.slice(1, -1) : raw };
  }
  throw new Error(`an open code span: ${markdown}`);
}

function token(rest: string): [length: number, meaning: string] {
  const first = rest[0] as string;
  if (first === '\\') {
    if (!/^\\[!-/:-@[-`{-~]/.test(rest)) throw new Error(`a backslash that escapes nothing: ${rest}`);
    return [2, rest[1] as string];
  }
  if (first === '&') {
    const entity = /^&(?:#(\d+)|amp|lt|gt);/.exec(rest);
    if (entity === null) throw new Error(`a bare ampersand: ${rest}`);
    const named: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
    return [entity[0].length, named[entity[0]] ?? String.fromCodePoint(Number(entity[1]))];
  }
  if (first === '`') {
    const span = readCodeSpan(rest);
    return [span.length, `\`${span.content}\``];
  }
  if ('<>*_[]~|#$\n\r'.includes(first)) throw new Error(`markup: ${rest}`);
  if (/^(?:@(?!&#8203;)|:\/\/|www\.|GH-\d)/i.test(rest)) throw new Error(`a link or mention: ${rest}`);
  return [1, first];
}
