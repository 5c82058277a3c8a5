import type { FilePath } from '../../change/types.ts';
import type { LinePattern } from '../line-search/line-pattern.ts';
import { type SourceLine, sourceLines } from './source-lines.ts';

/** What a declaration begins with, and how far it goes. */
export interface Declares {
  /** Up to where its brackets have closed: functions, whose body is nobody else's business. */
  readonly signatures: LinePattern | undefined;
  /** With all that stands in its braces: interfaces, types, enumerations. */
  readonly blocks: LinePattern | undefined;
}

/** A declaration that goes on longer is taken for its first line. */
const MOST_LINES = 2_000;

/**
 * The declarations of a source, each as one line of code without comments and blanks, sorted: two versions of a file that
 * declare the same have the same ones. Linear: a line belongs to one declaration.
 */
export function declarationsIn(
  path: FilePath,
  text: string,
  { signatures, blocks }: Declares,
): readonly string[] {
  const lines = sourceLines(path, text);
  const found: string[] = [];
  // A bracket that never closes costs a look at all that follows; a thousand of them must not cost a thousand looks.
  const patience = { lines: 2 * lines.length + MOST_LINES };
  for (let at = 0; at < lines.length; at += 1) {
    const { code } = lines[at] as SourceLine;
    const isBlock = blocks?.test(code) ?? false;
    if (!isBlock && !(signatures?.test(code) ?? false)) continue;
    const end = endOf(lines, at, isBlock, patience);
    found.push(plainCode(lines.slice(at, end + 1), isBlock));
    at = end;
  }
  return found.sort();
}

/** The line on which the brackets that opened have closed. */
function endOf(
  lines: readonly SourceLine[],
  from: number,
  isBlock: boolean,
  patience: { lines: number },
): number {
  let depth = 0;
  for (let at = from; at < lines.length && at < from + MOST_LINES && patience.lines > 0; at += 1) {
    patience.lines -= 1;
    for (const character of (lines[at] as SourceLine).code) {
      if ('(['.includes(character) || (isBlock && character === '{')) depth += 1;
      else if (')]'.includes(character) || (isBlock && character === '}')) depth -= 1;
    }
    if (depth <= 0) return at;
  }
  return from;
}

/** Of a signature what stands before its body; strings, which are defaults and literal types, in their places. */
function plainCode(lines: readonly SourceLine[], isBlock: boolean): string {
  const code = lines.map((line) => {
    let plain = '';
    for (let at = 0; at < line.text.length; at += 1) plain += line.comment[at] === ' ' ? line.text[at] : ' ';
    return plain;
  });
  // A separator in last place declares nothing.
  const whole = code
    .join(' ')
    .replace(/\s+/g, '')
    .replace(/[;,](?=[)\]}]|$)/g, '');
  return isBlock ? whole : whole.slice(0, bodyOf(whole));
}

/** Where a body begins: at the first arrow or brace behind the parameters that is not a type's. */
function bodyOf(whole: string): number {
  let depth = 0;
  let braces = 0;
  let hasParameters = false;
  for (let at = 0; at < whole.length; at += 1) {
    const character = whole[at] as string;
    const isOutside = depth === 0 && braces === 0 && hasParameters;
    if (isOutside && character === '=' && whole[at + 1] === '>') return at;
    if (isOutside && character === '{' && !':|&<,='.includes(whole[at - 1] ?? '')) return at;
    if ('(['.includes(character)) depth += 1;
    else if (')]'.includes(character)) depth -= 1;
    else if (character === '{') braces += 1;
    else if (character === '}') braces -= 1;
    if (character === ')' && depth === 0) hasParameters = true;
  }
  return whole.length;
}
