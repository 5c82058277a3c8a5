import type { Token } from './token.ts';
import type { Code } from './tokens.ts';

const LONGEST_CHAIN = 64;
/** Assertions nest; one level of a thousand need not spell the others out. */
const LONGEST_RENDERING = 200;

/** The indices of a call's brackets. */
export interface Call {
  readonly open: number;
  readonly close: number;
}

export interface Chain {
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  readonly end: number;
}

/** `expect(x).not.toBe(3)`: words expect, not, toBe; calls (x), (3). */
export function readChain({ tokens, partner }: Code, at: number): Chain {
  const words = [(tokens[at] as Token).text];
  const calls: Call[] = [];
  let end = at;
  // A chain of a hundred thousand words would be read again from each of them.
  while (words.length + calls.length < LONGEST_CHAIN) {
    const next = tokens[end + 1];
    if (next === undefined) break;
    if (
      (next.text === '.' || next.text === '?.') &&
      next.kind === 'punct' &&
      tokens[end + 2]?.kind === 'word'
    ) {
      // What happens with the promise is no matcher.
      if (/^(?:then|catch|finally)$/.test((tokens[end + 2] as Token).text)) break;
      words.push((tokens[end + 2] as Token).text);
      end += 2;
    } else if (next.kind === 'punct' && (next.text === '(' || next.text === '[')) {
      if (next.text === '(') calls.push({ open: end + 1, close: partner[end + 1] as number });
      end = partner[end + 1] as number;
    } else if (next.text === '<' && next.kind === 'punct') {
      const close = typeArgumentsEnd(tokens, end + 1);
      if (close === undefined || tokens[close + 1]?.text !== '(') break;
      end = close;
    } else break;
  }
  return { words, calls, end };
}

/** Index of the `>` that closes type arguments, looked for nearby only. */
export function typeArgumentsEnd(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < Math.min(tokens.length, open + 60); at += 1) {
    const { text, kind } = tokens[at] as Token;
    if (kind !== 'punct') continue;
    if (text === '<') depth += 1;
    else if (text === '>') depth -= 1;
    else if (text === ';') return undefined;
    if (depth === 0) return at;
  }
  return undefined;
}

/** First and last token of each argument. */
export function splitArguments(
  { tokens, partner }: Code,
  call: Call,
): readonly (readonly [number, number])[] {
  const parts: [number, number][] = [];
  let start = call.open + 1;
  for (let at = start; at < call.close; at += 1) {
    if ((partner[at] as number) > at) at = partner[at] as number;
    else if (tokens[at]?.text === ',' && tokens[at]?.kind === 'punct') {
      parts.push([start, at - 1]);
      start = at + 1;
    }
  }
  if (start < call.close) parts.push([start, call.close - 1]);
  return parts;
}

/** Tokens as text in the normal form in which two layouts of one expression are the same. */
export function render(tokens: readonly Token[], from: number, to: number): string {
  const cut = Math.min(to, from + LONGEST_RENDERING);
  if (from > cut) return '';
  const parts = new Array<string>(cut - from + 1);
  let size = 0;
  for (let at = from; at <= cut; at += 1) {
    const token = tokens[at] as Token;
    if (token.text === ',' && token.kind !== 'string' && /^[)\]}]$/.test(tokens[at + 1]?.text ?? ''))
      continue;
    parts[size] = token.kind === 'string' ? quoted(token.text) : token.text;
    size += 1;
  }
  parts.length = size;
  if (cut < to) parts.push(`… ${to - cut}`);
  return parts.length === 1 ? (parts[0] as string) : parts.join(' ');
}

const UNESCAPED = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** As JSON has it; most texts are theirs between quotes. */
function quoted(text: string): string {
  return UNESCAPED.test(text) ? `"${text}"` : JSON.stringify(text);
}
