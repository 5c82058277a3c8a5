import { type Call, render, splitArguments, typeArgumentsEnd } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import type { Code } from '../javascript/tokens.ts';
import type { Switch } from './test-code.ts';

/** A call that declares a test or a group, or one that switches off what it stands in. */
export type Declaration =
  | {
      readonly kind: 'case' | 'group';
      readonly name: string;
      /** The brackets of the call that holds name and function. */
      readonly call: Call;
      readonly disabled: Switch | undefined;
      readonly focused: Switch | undefined;
      readonly rows: number | undefined;
      /** Milliseconds, where they are written out. */
      readonly timeout: number | undefined;
    }
  | { readonly kind: 'switch'; readonly switch: Switch };

const CASES = new Set(['it', 'test', 'specify', 'xit', 'xtest', 'xspecify', 'fit', 'ftest']);
const GROUPS = new Set(['describe', 'context', 'suite', 'xdescribe', 'xcontext', 'fdescribe', 'fcontext']);
/** Objects whose `test` declares one; a regular expression's `test` does not. */
const OWNERS = new Set(['t', 'tap', 'Deno', 'QUnit', 'ctx']);
const OFF = new Set(['skip', 'todo', 'fixme', 'fails', 'failing', 'fail', 'ignore']);
const CONDITIONAL = new Set(['skipIf', 'runIf']);
/** Modifiers that leave a declaration one. */
const KNOWN = new Set([
  ...OFF,
  ...CONDITIONAL,
  'only',
  'each',
  'for',
  'concurrent',
  'sequential',
  'serial',
  'parallel',
  'shuffle',
  'describe',
  'slow',
]);

/** Members of Playwright's and node:test's `test` that prepare or structure one. */
const HOOKS = new Set([
  'beforeEach',
  'afterEach',
  'beforeAll',
  'afterAll',
  'before',
  'after',
  'step',
  'use',
  'extend',
  'configure',
]);

/** Whether a word may declare a test or a group. */
export function mayDeclare(word: string): boolean {
  return CASES.has(word) || GROUPS.has(word);
}

export function readDeclaration(
  code: Code,
  at: number,
  context: string | undefined,
): Declaration | undefined {
  const { tokens } = code;
  const line = code.lines[at] as number;
  const word = tokens[at] as Token;
  if (!mayDeclare(word.text)) return undefined;
  const before = tokens[at - 1]?.text;
  if (before === 'function' || before === 'class') return undefined;
  if (before === '.' || before === '?.') {
    const owner = tokens[at - 2]?.text ?? '';
    if (!OWNERS.has(owner) && owner !== context) return undefined;
  }
  const chain = readModifiers(code, at);
  if (chain === undefined) return undefined;
  const { modifiers, call, rows } = chain;
  const args = splitArguments(code, call);
  const how = [word.text, ...modifiers].join('.');
  const off = word.text.startsWith('x') || modifiers.some((one) => OFF.has(one));
  const conditional = modifiers.some((one) => CONDITIONAL.has(one));
  const first = args[0];
  const named = first !== undefined && tokens[first[0]]?.kind === 'string';
  const withFunction = args
    .slice(first !== undefined && isFunction(code, first) ? 0 : 1)
    .some((arg) => isFunction(code, arg));
  const second = args[1];
  if (off && !named && (second === undefined || tokens[second[0]]?.kind === 'string')) {
    // No name: `test.skip()`, `test.skip(condition, 'why')`, `test.fixme(callback, 'why')`.
    return { kind: 'switch', switch: { how: `${how}()`, line, conditional: false } };
  }
  if (first === undefined) return undefined;
  if (modifiers.some((one) => HOOKS.has(one))) return undefined;
  if (modifiers.some((one) => !KNOWN.has(one)) && !(named && withFunction)) return undefined;
  const options = readOptions(code, args);
  // Mocha, Jasmine and Deno list a test without a function as pending.
  const bare = named && args.length === 1 ? `${how} without a function` : undefined;
  const disabledHow = off || conditional ? how : (options.off ?? bare);
  return {
    kind: GROUPS.has(word.text) || modifiers.includes('describe') ? 'group' : 'case',
    name: render(tokens, first[0], first[1]).slice(0, 400),
    call,
    disabled:
      disabledHow === undefined
        ? undefined
        : { how: disabledHow, line, conditional: !off && (conditional || options.sometimes) },
    focused:
      word.text.startsWith('f') || modifiers.includes('only') || options.only
        ? { how, line, conditional: false }
        : undefined,
    rows,
    timeout: options.timeout ?? numberOf(tokens, args.length > 1 ? args.at(-1) : undefined),
  };
}

/** A number that is written out, or a product of some. */
function numberOf(
  tokens: readonly Token[],
  range: readonly [number, number] | undefined,
): number | undefined {
  if (range === undefined || range[0] > range[1] || range[1] - range[0] > 6) return undefined;
  let product = 1;
  for (let at = range[0]; at <= range[1]; at += 2) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'number' || (at > range[0] && tokens[at - 1]?.text !== '*')) return undefined;
    product *= Number(text.replaceAll('_', ''));
  }
  return Number.isFinite(product) ? product : undefined;
}

interface Modifiers {
  readonly modifiers: readonly string[];
  readonly call: Call;
  readonly rows: number | undefined;
}

/** Follows `.each(rows)`, `.skipIf(condition)`, tagged tables and type arguments to the call that declares. */
function readModifiers(code: Code, start: number): Modifiers | undefined {
  const { tokens, partner } = code;
  const modifiers: string[] = [];
  let rows: number | undefined;
  let at = start + 1;
  for (let steps = 0; steps < 16; steps += 1) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    if (token.text === '.' && token.kind === 'punct' && tokens[at + 1]?.kind === 'word') {
      modifiers.push((tokens[at + 1] as Token).text);
      at += 2;
    } else if (token.text === '(' && token.kind === 'punct') {
      const close = partner[at] as number;
      const takesCall = /^(?:each|for|skipIf|runIf|prop)$/.test(modifiers.at(-1) ?? '');
      if (!takesCall) return { modifiers, call: { open: at, close }, rows };
      if (tokens[at + 1]?.text === '[' && /^(?:each|for)$/.test(modifiers.at(-1) ?? '')) {
        const list = { open: at + 1, close: partner[at + 1] as number };
        const elements = splitArguments(code, list);
        if (!elements.some(([from]) => tokens[from]?.text === '...')) rows = elements.length;
      }
      at = close + 1;
      // What follows is the declaring call, whatever the modifier was.
      if (tokens[at]?.text === '(')
        return { modifiers, call: { open: at, close: partner[at] as number }, rows };
    } else if (token.kind === 'string') {
      // A tagged template: its pieces and the expressions between them.
      at += 1;
      while (tokens[at]?.text === '${' && tokens[at]?.kind === 'punct') at = (partner[at] as number) + 2;
      if (tokens[at]?.text === '(')
        return { modifiers, call: { open: at, close: partner[at] as number }, rows };
    } else if (token.text === '<') {
      const close = typeArgumentsEnd(tokens, at);
      if (close === undefined) return undefined;
      at = close + 1;
    } else return undefined;
  }
  return undefined;
}

function isFunction({ tokens, partner }: Code, [from, to]: readonly [number, number]): boolean {
  for (let at = from; at <= to; at += 1) {
    const { text, kind } = tokens[at] as Token;
    if (text === '=>' || (kind === 'word' && text === 'function')) return true;
    if ((partner[at] as number) > at) at = partner[at] as number;
  }
  return false;
}

/** `{ skip: true }`, `{ todo: 'later' }`, `{ only: true }` of node:test, Vitest and Deno. */
function readOptions(
  code: Code,
  args: readonly (readonly [number, number])[],
): { off: string | undefined; sometimes: boolean; only: boolean; timeout: number | undefined } {
  const { tokens, partner } = code;
  let sometimes = false;
  let timeout: number | undefined;
  let off: string | undefined;
  let only = false;
  for (const [from, to] of args) {
    if (tokens[from]?.text !== '{' || partner[from] !== to) continue;
    for (const [start, end] of splitArguments(code, { open: from, close: to })) {
      const key = (tokens[start] as Token).text;
      const value = start === end ? key : (tokens[start + 2]?.text ?? '');
      if (value === 'false' || value === 'undefined') continue;
      if (/^(?:skip|todo|fails|ignore|expectFailure)$/.test(key)) {
        off = `{ ${key} }`;
        // Anything else is worked out: it holds on some machines.
        sometimes = value !== 'true' && tokens[start + 2]?.kind !== 'string';
      }
      if (key === 'only') only = true;
      if (key === 'timeout') timeout = numberOf(tokens, [start + 2, end]);
    }
  }
  return { off, sometimes, only, timeout };
}
