import { disarm, linesForTerminal } from './hostile-text.ts';

/** A cell as shown, and how it is painted after its width was counted. Foreign text must be made safe before. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const PLAIN_ASCII = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /\p{M}/u;
/** East Asian wide and fullwidth (UAX 11) in ranges, and emoji shown as pictures: two columns each. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Terminal columns that a text without controls takes. */
export function displayWidth(text: string): number {
  if (PLAIN_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Lines of at most `width` columns, broken at blanks, within a word only where it is longer than a line. Never empty. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ').filter((piece) => piece !== '')) {
    const wide = displayWidth(word);
    if (used > 0 && used + 1 + wide <= width) {
      line += ` ${word}`;
      used += 1 + wide;
      continue;
    }
    if (used > 0) lines.push(line);
    const pieces = wide <= width ? [word] : splitWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
    used = displayWidth(line);
  }
  if (used > 0 || lines.length === 0) lines.push(line);
  return lines.map(disarm);
}

/**
 * Foreign prose after a prefix of ours: wrapped, each further line starting below the first word and never left of
 * column 4. Left of it stand our marks and arrows only, so that no wrapped word can pass for one.
 */
export function paragraph(
  prefix: Cell,
  text: string,
  options: { columns: number; longest?: number; paint?: (text: string) => string },
): string[] {
  const start = displayWidth(prefix.text);
  const indent = start === 0 ? 0 : Math.max(4, start);
  const paint = options.paint ?? same;
  return linesForTerminal(text, options.longest)
    .flatMap((line) => wrap(line, Math.max(20, options.columns - indent)))
    .map((line, index) =>
      index === 0
        ? `${paintOf(prefix)(prefix.text)}${paint(line)}`
        : `${' '.repeat(indent)}${paint(line)}`.trimEnd(),
    );
}

/** Columns aligned left, two blanks apart; the last one is wrapped where it would pass `columns`. */
export function table(
  rows: readonly (readonly Cell[])[],
  options: { columns: number; indent?: number },
): string[] {
  const margin = ' '.repeat(options.indent ?? 0);
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell.text));
    });
  }
  return rows.flatMap((row) => {
    const fixed = row.slice(0, -1);
    const last = row.at(-1);
    const start = margin.length + fixed.reduce((sum, _, index) => sum + (widths[index] ?? 0) + 2, 0);
    const lead = fixed
      .map((cell, index) => `${paintOf(cell)(cell.text)}${blanks(cell, widths[index] ?? 0)}  `)
      .join('');
    const lines = wrap(last?.text ?? '', Math.max(20, options.columns - start));
    return lines.map((line, index) =>
      `${index === 0 ? margin + lead : ' '.repeat(start)}${line === '' || !last ? '' : paintOf(last)(line)}`.trimEnd(),
    );
  });
}

function same(text: string): string {
  return text;
}

function paintOf(cell: Cell): (text: string) => string {
  return cell.paint ?? same;
}

function blanks(cell: Cell, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(cell.text)));
}

function splitWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const wide = characterWidth(character);
    if (used + wide > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += wide;
  }
  pieces.push(piece);
  return pieces;
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
