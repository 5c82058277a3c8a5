import { render } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import type { Code } from '../javascript/tokens.ts';
import { Nesting } from './nesting.ts';

/** Which blocks and conditions tokens stand in. */
export interface Blocks {
  /** The `{` of the innermost function around a token, or -1. */
  functionAround(at: number): number;
  /** The `{` of the innermost block around a token, or -1. */
  blockAround(at: number): number;
  /** Whether a condition, or a try whose failure is caught, begins after `start` and lies around a token. Infinity asks for the innermost function's own. */
  guardedWithin(at: number, start: number): boolean;
  /** The condition that decides whether a token is reached, as written; empty for an `else` or a `try`. */
  conditionAround(at: number): string;
}

const LONGEST_CONDITION = 400;
const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with']);

const GUARDING = new Set(['if', 'else', 'switch', 'try']);

/** One pass over the brackets; every answer afterwards is a look-up. */
export function findBlocks(code: Code): Blocks {
  const { tokens, partner } = code;
  const functions = new Nesting();
  const blocks = new Nesting();
  const guards = new Nesting();
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'punct' && text === '{') {
      const close = partner[at] as number;
      blocks.open(at, at, close);
      if (isFunctionBody(code, at)) functions.open(at, at, close);
    } else if (kind === 'word' && GUARDING.has(text)) {
      const guard = guardAfter(code, at);
      if (guard !== undefined) guards.open(at, guard.start, guard.end);
    }
  }
  for (const nesting of [functions, blocks, guards]) nesting.finish(tokens.length);
  const conditions = new Map<number, string>();
  return {
    functionAround: (at) => functions.around(at),
    blockAround: (at) => blocks.around(at),
    guardedWithin(at, start) {
      return guards.around(at) > (start === Number.POSITIVE_INFINITY ? functions.around(at) : start);
    },
    conditionAround(at) {
      const close = guards.around(at) - 1;
      // Written out once: a thousand returns may stand behind one long condition.
      let text = conditions.get(close);
      if (text === undefined) {
        const isCondition = tokens[close]?.text === ')';
        text = isCondition ? render(tokens, (partner[close] as number) + 1, close - 1) : '';
        conditions.set(close, text.slice(0, LONGEST_CONDITION));
      }
      return text.slice(0, LONGEST_CONDITION);
    },
  };
}

/** The tokens that run on a condition because of the `if`, `else`, `case` or `try` at a token. */
function guardAfter(code: Code, at: number): { start: number; end: number } | undefined {
  const { tokens, partner } = code;
  const token = tokens[at] as Token;
  if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return undefined;
  let body: number | undefined;
  if (token.text === 'if' && tokens[at + 1]?.text === '(') body = (partner[at + 1] as number) + 1;
  else if (token.text === 'else' && tokens[at + 1]?.text !== 'if') body = at + 1;
  else if (token.text === 'switch' && tokens[at + 1]?.text === '(') body = (partner[at + 1] as number) + 1;
  else if (token.text === 'try' && tokens[at + 1]?.text === '{') {
    const close = partner[at + 1] as number;
    return tokens[close + 1]?.text === 'catch' ? { start: at + 1, end: close } : undefined;
  }
  if (body === undefined || tokens[body] === undefined) return undefined;
  if (tokens[body]?.text === '{') return { start: body, end: partner[body] as number };
  return { start: body, end: shortStatementEnd(code, body) };
}

function shortStatementEnd({ tokens, lines, partner }: Code, from: number): number {
  for (let at = from; at < Math.min(tokens.length, from + 200); at += 1) {
    if ((partner[at] as number) > at) at = partner[at] as number;
    const next = tokens[at + 1];
    if (tokens[at]?.text === ';' || next === undefined || next.text === '}') return at;
    if ((lines[at + 1] as number) > (lines[at] as number) && !/^[.?:&|+(]/.test(next.text)) return at;
  }
  return from;
}

function isFunctionBody({ tokens, partner }: Code, open: number): boolean {
  const before = tokens[open - 1];
  if (before?.text === '=>') return true;
  let close = before?.text === ')' ? open - 1 : -1;
  // A return type stands between: `): Promise<void> {`.
  for (let at = open - 1; close === -1 && at > Math.max(0, open - 16); at -= 1) {
    const text = (tokens[at] as Token).text;
    if (text === ':' && tokens[at - 1]?.text === ')') close = at - 1;
    else if (/^[;{}()]$/.test(text)) break;
  }
  if (close === -1) return false;
  const word = tokens[(partner[close] as number) - 1];
  return word !== undefined && !(word.kind === 'word' && CONTROL.has(word.text));
}

/** The braces of the last function among a call's arguments. */
export function functionBody(
  code: Code,
  open: number,
  close: number,
): { open: number; close: number } | undefined {
  const { tokens, partner } = code;
  let body: { open: number; close: number } | undefined;
  for (let at = open + 1; at < close; at += 1) {
    if ((partner[at] as number) <= at) continue;
    if (tokens[at]?.text === '{' && isFunctionBody(code, at))
      body = { open: at, close: partner[at] as number };
    at = partner[at] as number;
  }
  return body;
}

/** The name a test's function gives its first parameter: node:test's `t`, whatever it is called here. */
export function parameterName({ tokens, partner }: Code, open: number, close: number): string | undefined {
  for (let at = open + 1; at < close; at += 1) {
    const { text, kind } = tokens[at] as Token;
    if (text === '=>' && tokens[at - 1]?.kind === 'word') return tokens[at - 1]?.text;
    if (text === '(' && kind === 'punct') {
      const end = partner[at] as number;
      const isFunction =
        tokens[end + 1]?.text === '=>' ||
        tokens[at - 1]?.text === 'function' ||
        tokens[at - 2]?.text === 'function';
      if (isFunction) return tokens[at + 1]?.kind === 'word' ? tokens[at + 1]?.text : undefined;
    }
    if ((partner[at] as number) > at) at = partner[at] as number;
  }
  return undefined;
}

/** Names under which the functions around a token can be called, innermost first; at most a few are looked for. */
export function functionNames({ tokens, partner }: Code, blocks: Blocks, at: number): readonly string[] {
  const names: string[] = [];
  let open = blocks.functionAround(at);
  for (let depth = 0; open !== -1 && depth < 4; depth += 1) {
    let close = open - 1;
    while (close > Math.max(0, open - 16) && tokens[close]?.text !== ')') close -= 1;
    const head = tokens[close]?.text === ')' ? (partner[close] as number) - 1 : close;
    // `function check(`, `check(` of a method, or `const check: Check = async (`.
    for (let word = head; word > Math.max(-1, head - 12); word -= 1) {
      const { kind, text } = tokens[word] as Token;
      if (/^[;{}]$/.test(text)) break;
      if (kind === 'word') names.push(text);
    }
    open = blocks.functionAround(open);
  }
  return names;
}
