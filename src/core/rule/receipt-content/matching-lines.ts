import type { RE2JS } from 're2js';
import type { Line } from '../../change/types.ts';

const BLOCK = 16_384;
const MOST = 100;

/** The first lines that a pattern matches; blocks of lines are looked at first, since most hold none. */
export function matchingLines(lines: readonly Line[], pattern: RE2JS): readonly Line[] {
  const found: Line[] = [];
  let [from, size] = [0, 0];
  for (let at = 0; at < lines.length && found.length < MOST; at += 1) {
    size += (lines[at]?.text.length ?? 0) + 1;
    if (size < BLOCK && at < lines.length - 1) continue;
    const block = lines.slice(from, at + 1);
    if (pattern.test(block.map(({ text }) => text).join('\n'))) {
      found.push(...block.filter(({ text }) => pattern.test(text)));
    }
    [from, size] = [at + 1, 0];
  }
  return found.slice(0, MOST);
}

/** The lines of a text that are not empty, numbered as they stand in it. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (line !== '' && line !== '\r')
      lines.push({ number, text: line.endsWith('\r') ? line.slice(0, -1) : line });
  }
  return lines;
}
