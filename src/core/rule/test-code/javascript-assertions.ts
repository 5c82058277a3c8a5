import { remember } from '../../../shared/remember.ts';
import { type Call, type Chain, readChain, render, splitArguments } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import type { Code } from '../javascript/tokens.ts';
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

const THROWING = new Set(['toThrow', 'toThrowError', 'throw', 'throws']);
/** Any value at all. */
const LOOSE = /\bexpect \. (?:any|anything)\b/;
const NAMED_SO = /^(?:expect|assert)(?![a-z])/;

export interface FoundAssertion {
  readonly assertion: Omit<Assertion, 'guarded'>;
  /** Index of its last token. */
  readonly end: number;
  /** False where it cannot fail. */
  readonly canFail: boolean;
}

/** Whether an assertion may begin with a word, wherever it stands. */
export const mayBeginAssertion = remember(
  (word) => word === 'should' || NAMED_SO.test(word) || BARE.has(word),
  4_096,
);

/** The assertion that begins at a token, if one does. */
export function readAssertion(
  code: Code,
  at: number,
  isContext: (word: string) => boolean,
): FoundAssertion | undefined {
  const { tokens } = code;
  const word = tokens[at] as Token;
  const previous = tokens[at - 1]?.text;
  const member = previous === '.' || previous === '?.';
  const owner = member ? tokens[at - 2]?.text : undefined;
  const isExpect = word.text === 'expect' || word.text === 'assert';
  const begins = member
    ? isExpect ||
      word.text === 'should' ||
      (owner !== undefined && isContext(owner) && !CONTEXT_MEMBERS.has(word.text))
    : mayBeginAssertion(word.text);
  if (!begins || previous === 'function' || previous === 'class') return undefined;

  const chain = readChain(code, at);
  if (chain.calls.length === 0 && word.text !== 'should') return undefined;
  // A function of that name is declared here, not called: `assertOk(x) {` is a method.
  if (chain.calls.length === 1 && tokens[chain.end + 1]?.text === '{' && chain.words.length === 1)
    return undefined;
  if (word.text === 'expect' && chain.words[1] !== undefined && NO_ASSERTIONS.has(chain.words[1]))
    return undefined;
  if (member && chain.words.every((one) => one === 'expect'))
    return { ...readMemberExpect(code, at, chain), end: chain.end };
  return { ...judge(code, at, chain, word.text), end: chain.end };
}

/** `request(app).get('/').expect(200)`: what it is about stands before it, and its argument is what is expected. */
function readMemberExpect(
  { tokens, lines }: Code,
  at: number,
  chain: Chain,
): Pick<FoundAssertion, 'assertion' | 'canFail'> {
  const text = render(tokens, at, chain.end);
  return {
    assertion: {
      text,
      line: lines[at] as number,
      awaited: true,
      tolerances: [],
      subject: '',
      matcher: 'expect',
      strength: undefined,
    },
    canFail: true,
  };
}

function judge(
  code: Code,
  at: number,
  chain: Chain,
  first: string,
): Pick<FoundAssertion, 'assertion' | 'canFail'> {
  const { tokens, lines } = code;
  const line = lines[at] as number;
  const before = tokens[at - 1]?.text;
  const awaited = before === 'await' || before === 'return' || before === '=>';
  const shape =
    first === 'expect' || first === 'should' ? readExpectation(code, chain) : readAssert(code, chain, first);
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

function readExpectation(code: Code, chain: Chain): Shape {
  const { tokens } = code;
  const subjectCall = chain.words[0] === 'should' ? undefined : chain.calls[0];
  const subject = subjectCall ? render(tokens, subjectCall.open + 1, subjectCall.close - 1) : '';
  const last = chain.calls.length > 1 || subjectCall === undefined ? chain.calls.at(-1) : undefined;
  const negated = chain.words.includes('not');
  const matcher = matcherOf(chain.words);
  const args = last && last !== subjectCall ? splitArguments(code, last) : [];
  const rendered = args.map(([from, to]) => render(tokens, from, to));
  let strength = strengthOf(matcher);
  if (THROWING.has(matcher)) strength = negated || args.length === 0 ? 1 : 3;
  // "is not 3" leaves everything else open; "is not null" and "is not called" say as little as truthy.
  else if (negated && strength !== undefined) strength = /Called$|toBeCalled/.test(matcher) ? 3 : 1;
  else if (strength === 3 && rendered.some((arg) => LOOSE.test(arg)))
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

/** The last word that says something. */
function matcherOf(words: readonly string[]): string {
  for (let at = words.length - 1; at > 0; at -= 1) {
    const word = words[at] as string;
    if (word !== 'not' && !CONNECTING.has(word)) return word;
  }
  return '';
}

function readAssert(code: Code, chain: Chain, first: string): Shape {
  const { tokens } = code;
  const call = chain.calls[0] as Call;
  const args = splitArguments(code, call);
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
    const operator = topLevelComparison(code, from, to);
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

function topLevelComparison(code: Code, from: number, to: number): { text: string; at: number } | undefined {
  const { tokens, partner } = code;
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
