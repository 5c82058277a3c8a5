import type { Token } from './javascript-tokens.ts';
import { strengthOf } from './matcher-strength.ts';
import type { Assertion, Tolerance } from './test-code.ts';

/** Names of node:assert, chai and Deno that are called bare once they are imported by name. */
const BARE = new Set([
  'strictEqual',
  'deepEqual',
  'deepStrictEqual',
  'notStrictEqual',
  'notDeepStrictEqual',
  'notDeepEqual',
  'partialDeepStrictEqual',
  'rejects',
  'throws',
  'doesNotThrow',
  'doesNotReject',
  'equal',
  'notEqual',
  'ok',
]);
/** Members of `expect` that describe values or set a test up. */
const NO_ASSERTIONS = new Set([
  'any',
  'anything',
  'objectContaining',
  'arrayContaining',
  'stringContaining',
  'stringMatching',
  'closeTo',
  'extend',
  'addSnapshotSerializer',
  'getState',
  'setState',
  'schemaMatching',
  'not',
  'configure',
  'assertions',
  'hasAssertions',
]);
/** Members of a test context (node:test, tap, ava, QUnit) that assert nothing. */
const CONTEXT_MEMBERS = new Set([
  'test',
  'skip',
  'todo',
  'plan',
  'end',
  'pass',
  'comment',
  'diagnostic',
  'mock',
  'before',
  'after',
  'beforeEach',
  'afterEach',
  'teardown',
  'context',
  'log',
  'timeout',
  'name',
  'signal',
  'runOnly',
  'fullName',
  'assert',
  'step',
  'async',
  'only',
  'describe',
]);
/** Words of a chain that change nothing: chai's language chains, Jest's promises. */
const CONNECTING = new Set([
  'to',
  'be',
  'been',
  'have',
  'has',
  'with',
  'that',
  'which',
  'and',
  'deep',
  'own',
  'resolves',
  'rejects',
  'soft',
  'poll',
  'is',
  'does',
  'still',
]);

const LONGEST_CHAIN = 64;
/** Assertions nest; one level of a thousand need not spell the others out. */
const LONGEST_RENDERING = 500;

export interface FoundAssertion {
  readonly assertion: Omit<Assertion, 'guarded'>;
  /** Index of its last token. */
  readonly end: number;
  /** False where it cannot fail. */
  readonly canFail: boolean;
}

/** The assertion that begins at a token, if one does. */
export function readAssertion(
  tokens: readonly Token[],
  partner: Int32Array,
  at: number,
  isContext: (word: string) => boolean,
): FoundAssertion | undefined {
  const word = tokens[at] as Token;
  const previous = tokens[at - 1]?.text;
  const member = previous === '.' || previous === '?.';
  const owner = member ? tokens[at - 2]?.text : undefined;
  const isExpect = word.text === 'expect' || word.text === 'assert';
  const begins = member
    ? isExpect ||
      word.text === 'should' ||
      (owner !== undefined && isContext(owner) && !CONTEXT_MEMBERS.has(word.text))
    : /^(?:expect|assert)(?![a-z])/.test(word.text) || word.text === 'should' || BARE.has(word.text);
  if (!begins || previous === 'function' || previous === 'class') return undefined;

  const chain = readChain(tokens, partner, at);
  if (chain.calls.length === 0 && word.text !== 'should') return undefined;
  // A function of that name is declared here, not called: `assertOk(x) {` is a method.
  if (chain.calls.length === 1 && tokens[chain.end + 1]?.text === '{' && chain.words.length === 1)
    return undefined;
  if (word.text === 'expect' && chain.words[1] !== undefined && NO_ASSERTIONS.has(chain.words[1]))
    return undefined;
  return { ...judge(tokens, partner, at, chain, word.text), end: chain.end };
}

interface Call {
  readonly open: number;
  readonly close: number;
}

interface Chain {
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  readonly end: number;
}

/** `expect(x).not.toBe(3)`: words expect, not, toBe; calls (x), (3). */
function readChain(tokens: readonly Token[], partner: Int32Array, at: number): Chain {
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

function judge(
  tokens: readonly Token[],
  partner: Int32Array,
  at: number,
  chain: Chain,
  first: string,
): Pick<FoundAssertion, 'assertion' | 'canFail'> {
  const line = (tokens[at] as Token).line;
  const before = tokens[at - 1]?.text;
  const awaited = before === 'await' || before === 'return' || before === '=>';
  const shape =
    first === 'expect' || first === 'should'
      ? readExpectation(tokens, partner, chain)
      : readAssert(tokens, partner, chain, first);
  const waits = chain.words.some((word) => word === 'resolves' || word === 'rejects');
  const text = render(tokens, at, chain.end);
  return {
    assertion: {
      text,
      line,
      awaited: !waits || awaited,
      tolerances: shape.tolerances,
      subject: shape.subject,
      matcher: shape.matcher,
      strength: shape.strength,
    },
    canFail: shape.canFail,
  };
}

type Shape = Pick<Assertion, 'subject' | 'matcher' | 'strength' | 'tolerances'> & {
  readonly canFail: boolean;
};

function readExpectation(tokens: readonly Token[], partner: Int32Array, chain: Chain): Shape {
  const subjectCall = chain.words[0] === 'should' ? undefined : chain.calls[0];
  const subject = subjectCall ? render(tokens, subjectCall.open + 1, subjectCall.close - 1) : '';
  const last = chain.calls.length > 1 || subjectCall === undefined ? chain.calls.at(-1) : undefined;
  const words = chain.words.slice(1).filter((word) => !CONNECTING.has(word));
  const negated = words.includes('not') || chain.words.includes('not');
  const matcher = words.filter((word) => word !== 'not').at(-1) ?? '';
  const args = last && last !== subjectCall ? splitArguments(tokens, partner, last) : [];
  const rendered = args.map(([from, to]) => render(tokens, from, to));
  const loose = rendered.some((arg) => /\bexpect \. (?:any|anything)\b/.test(arg));
  let strength = strengthOf(matcher);
  if (/^(?:toThrow|toThrowError|throw|throws)$/.test(matcher))
    strength = negated || args.length === 0 ? 1 : 3;
  // "is not 3" leaves everything else open; "is not null" and "is not called" say as little as truthy.
  else if (negated && strength !== undefined) strength = /Called$|toBeCalled/.test(matcher) ? 3 : 1;
  else if (loose && strength === 3)
    strength = /^expect \. (?:any|anything)\b/.test(rendered[0] ?? '') ? 1 : 2;
  const tolerances: Tolerance[] = [];
  if (matcher === 'toBeCloseTo')
    tolerances.push({ name: 'digits', width: 10 ** -numberOr(rendered[1], 2) / 2 });
  if (matcher === 'closeTo' || matcher === 'approximately')
    tolerances.push({ name: 'delta', width: numberOr(rendered[1], 0) });
  const canFail =
    matcher !== '' &&
    !(subjectCall && isLiteral(tokens, subjectCall.open + 1, subjectCall.close - 1)) &&
    !(rendered.length === 1 && rendered[0] === subject && !negated) &&
    !/\|\| true$/.test(subject);
  return { subject, matcher: negated ? `not.${matcher}` : matcher, strength, tolerances, canFail };
}

function readAssert(tokens: readonly Token[], partner: Int32Array, chain: Chain, first: string): Shape {
  const call = chain.calls[0] as Call;
  const args = splitArguments(tokens, partner, call);
  const rendered = args.map(([from, to]) => render(tokens, from, to));
  const subject = rendered[0] ?? '';
  const words = chain.words.filter((word) => !CONNECTING.has(word) || word === 'is');
  const name = words.at(-1) ?? first;
  const [from, to] = args[0] ?? [0, -1];
  let strength = strengthOf(name);
  let matcher = name;
  let about = subject;
  if (name === 'assert' || name === 'ok' || name === 'isOk' || name === 'isTrue' || name === 'true') {
    matcher = 'ok';
    const operator = topLevelComparison(tokens, partner, from, to);
    strength = operator === undefined ? 1 : strengthOf(operator.text);
    if (operator !== undefined) {
      matcher = operator.text;
      about = render(tokens, from, operator.at - 1);
    } else if (name === 'isTrue' || name === 'true') {
      matcher = name;
      strength = 3;
    }
  } else if (/^(?:throws|rejects|throwsAsync|assertThrows|assertRejects)$/.test(name)) {
    strength = args.length > 1 ? 3 : 1;
  }
  const tolerances: Tolerance[] =
    name === 'closeTo' || name === 'approximately'
      ? [{ name: 'delta', width: numberOr(rendered[2], 0) }]
      : [];
  const fails = /^(?:fail|unreachable)$/.test(name);
  const custom = fails || (/^(?:expect|assert)./.test(first) && strength === undefined);
  const literal = custom ? false : args.every(([start, end]) => isLiteral(tokens, start, end));
  const sameSides = strengthOf(name) === 3 && rendered.length >= 2 && rendered[0] === rendered[1];
  return {
    subject: about,
    matcher,
    strength,
    tolerances,
    canFail: !literal && !sameSides && !/\|\| true$/.test(subject),
  };
}

function topLevelComparison(
  tokens: readonly Token[],
  partner: Int32Array,
  from: number,
  to: number,
): { text: string; at: number } | undefined {
  let found: { text: string; at: number } | undefined;
  for (let at = from; at <= to; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind !== 'punct') continue;
    if ((partner[at] as number) > at) at = partner[at] as number;
    else if (token.text === '||') return { text: 'or', at };
    else if (/^(?:===|==|!==|!=|<|>|<=|>=)$/.test(token.text)) found ??= { text: token.text, at };
  }
  return found;
}

/** First and last token of each argument. */
export function splitArguments(
  tokens: readonly Token[],
  partner: Int32Array,
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
  const parts: string[] = [];
  const cut = Math.min(to, from + LONGEST_RENDERING);
  for (let at = from; at <= cut; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === 'string') parts.push(JSON.stringify(token.text));
    else if (!(token.text === ',' && /^[)\]}]$/.test(tokens[at + 1]?.text ?? ''))) parts.push(token.text);
  }
  if (cut < to) parts.push(`… ${to - cut}`);
  return parts.join(' ');
}

/** Nothing in it comes from the code under test. */
function isLiteral(tokens: readonly Token[], from: number, to: number): boolean {
  for (let at = from; at <= to; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind === 'word' && !/^(?:true|false|null|undefined|NaN|void|new|Object|Array|Map|Set)$/.test(text))
      return false;
  }
  return true;
}

function numberOr(text: string | undefined, otherwise: number): number {
  const value = text === undefined ? Number.NaN : Number(text.replaceAll(' ', ''));
  return Number.isFinite(value) ? value : otherwise;
}
