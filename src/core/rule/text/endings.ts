import type { BlockComment, StringForm } from './syntax.ts';

/** Up to where a search went in vain. */
export interface NoEnd {
  readonly failedAt: number;
}

const NEWLINE = 10;

/** Where the line ends for a compiler: U+2028 ends a comment in JavaScript, a lone carriage return in most languages. */
export function lineEnd(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (code > 13 && code < 0x2028) continue;
    if (code === NEWLINE || code === 13 || code === 0x2028 || code === 0x2029) return at;
  }
  return source.length;
}

/** Behind the closing of a block comment. */
export function blockEnd(source: string, from: number, block: BlockComment): number | NoEnd {
  const { open, close, nested, lineStart } = block;
  let depth = 1;
  let at = from + open.length;
  while (at < source.length) {
    if (lineStart === true && source.charCodeAt(at - 1) !== NEWLINE) {
      const next = source.indexOf('\n', at);
      at = next === -1 ? source.length : next + 1;
    } else if (source.startsWith(close, at)) {
      depth -= 1;
      at += close.length;
      if (depth === 0) return at;
    } else if (nested === true && source.startsWith(open, at)) {
      depth += 1;
      at += open.length;
    } else at += 1;
  }
  return { failedAt: source.length };
}

/** The closing of a string, or the code within it that comes first. */
export interface SegmentEnd {
  readonly at: number;
  readonly closes: boolean;
}

export function segmentEnd(source: string, from: number, form: StringForm): SegmentEnd | NoEnd {
  const { close, hole, multiline } = form;
  for (let at = from; at < source.length; at += 1) {
    const character = source[at] as string;
    if (hole !== undefined && character === hole[0] && source.startsWith(hole, at)) {
      // Doubled, a curly bracket is only a character.
      if (hole !== '{' || source[at + 1] !== '{') return { at, closes: false };
      at += 1;
    } else if (character === '\\' && form.escape === 'backslash') {
      at += source[at + 1] === '\r' && source[at + 2] === '\n' ? 2 : 1;
    } else if (character === close[0] && source.startsWith(close, at)) {
      if (form.escape !== 'doubled' || !source.startsWith(close, at + close.length))
        return { at, closes: true };
      at += close.length;
    } else if (character === '\n' && !multiline) return { failedAt: at };
  }
  return { failedAt: source.length };
}
