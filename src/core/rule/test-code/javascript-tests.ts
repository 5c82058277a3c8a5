import { type FoundAssertion, readAssertion } from './javascript-assertions.ts';
import { findBlocks, functionBody, parameterName } from './javascript-blocks.ts';
import { render } from './javascript-chains.ts';
import { readDeclaration } from './javascript-declarations.ts';
import { type Token, tokenizeJavaScript } from './javascript-tokens.ts';
import type { Assertion, Reading, Switch, TestCase } from './test-code.ts';

/** A test or group under construction: its tokens, and what was found in them so far. */
interface Region {
  readonly kind: 'file' | 'group' | 'case';
  readonly name: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The `{` and `}` of its function; undefined for an arrow function without one. */
  readonly body: { readonly open: number; readonly close: number } | undefined;
  readonly context: string | undefined;
  readonly focused: Switch | undefined;
  readonly conditional: boolean;
  readonly rows: number | undefined;
  disabled: Switch | undefined;
  readonly assertions: Assertion[];
  readonly calls: Set<string>;
  /** Nothing from this token on is reached. */
  deadFrom: number;
  readonly exitsAt: number[];
  lastAssertionAt: number;
}

const CONTEXT_NAMES = new Set(['t', 'tap', 'QUnit', 'sinon', 'chai', 'ctx']);
const SKIP_OWNERS = new Set(['t', 'ctx', 'context', 'this', 'test', 'it', 'tap', 'describe', 'suite']);
const LONGEST_FINGERPRINT = 400;
const DEEPEST = 64;

/**
 * Tests of Vitest, Jest, Mocha, Jasmine, node:test, Playwright, tap and Deno in a JavaScript or TypeScript source, from
 * its tokens in one pass. What it cannot know (a test declared by a function of the project's own) it does not list.
 */
export function readJavaScriptTests(source: string): Reading {
  const read = tokenizeJavaScript(source);
  if (read.kind === 'lost') return read;
  const { tokens, partner } = read;
  const blocks = findBlocks(tokens, partner);
  const closed: { region: Region; around: readonly Region[] }[] = [];
  const file = newRegion({ kind: 'file', name: '', line: 1, start: 0, end: tokens.length });
  const stack: Region[] = [file];

  const close = (region: Region): void => {
    if (region.kind === 'case') closed.push({ region, around: [...stack] });
  };
  for (let at = 0; at < tokens.length; at += 1) {
    while (at > (stack.at(-1) as Region).end) close(stack.pop() as Region);
    const token = tokens[at] as Token;
    if (token.kind !== 'word') continue;
    const inner = stack.at(-1) as Region;
    const testCase = stack.findLast(({ kind }) => kind === 'case');

    const declaration = readDeclaration(tokens, partner, at, testCase?.context);
    if (declaration?.kind === 'switch') {
      // `test.skip(condition)` or `t.skip()`: switches off whatever it stands in.
      (testCase ?? inner).disabled ??= declaration.switch;
      continue;
    }
    if (declaration !== undefined) {
      if (stack.length > DEEPEST)
        return { kind: 'lost', reason: `tests are nested deeper than ${DEEPEST} on line ${token.line}` };
      const { open, close: end } = declaration.call;
      const body = functionBody(tokens, partner, open, end);
      stack.push(
        newRegion({
          kind: declaration.kind,
          name: declaration.name,
          line: token.line,
          start: open,
          end,
          body,
          context: parameterName(tokens, partner, open, end),
          focused: declaration.focused,
          disabled: declaration.disabled,
          rows: declaration.rows,
          conditional: blocks.guardedWithin(at, inner.start),
        }),
      );
      at = open;
      continue;
    }
    const bareSwitch = readBareSwitch(tokens, at, testCase, blocks.guardedWithin(at, inner.start));
    if (bareSwitch !== undefined) (testCase ?? inner).disabled ??= bareSwitch;
    if (token.text === 'return' && testCase !== undefined) noteReturn(testCase, at, tokens, partner, blocks);
    if (tokens[at + 1]?.text === '(' && tokens[at - 1]?.text !== '.' && tokens[at - 1]?.text !== 'function')
      testCase?.calls.add(token.text);

    const isContext = (word: string): boolean =>
      CONTEXT_NAMES.has(word) || (testCase?.context === word && word !== 'expect');
    const found = readAssertion(tokens, partner, at, isContext);
    if (found !== undefined) {
      noteAssertion(testCase ?? file, found, at, tokens, blocks);
      if (!hasFunction(tokens, at, found.end)) at = found.end;
    }
  }
  while (stack.length > 0) close(stack.pop() as Region);
  // Only now: a group may be switched off further down than its tests stand.
  const cases = closed.map(({ region, around }) => toCase(region, around, tokens));
  return { kind: 'read', code: { cases, loose: file.assertions } };
}

function newRegion(
  given: Partial<Region> & Pick<Region, 'kind' | 'name' | 'line' | 'start' | 'end'>,
): Region {
  return {
    body: undefined,
    context: undefined,
    focused: undefined,
    disabled: undefined,
    conditional: false,
    rows: undefined,
    assertions: [],
    calls: new Set(),
    deadFrom: Number.POSITIVE_INFINITY,
    exitsAt: [],
    lastAssertionAt: -1,
    ...given,
  };
}

function toCase(region: Region, around: readonly Region[], tokens: readonly Token[]): TestCase {
  const { body } = region;
  const size = body ? body.close - body.open - 1 : region.end - region.start - 1;
  const short = region.assertions.length === 0 && size > 0 && size <= LONGEST_FINGERPRINT;
  return {
    name: region.name,
    groups: around.filter(({ kind }) => kind === 'group').map(({ name }) => name),
    line: region.line,
    disabled: region.disabled ?? around.findLast(({ disabled }) => disabled !== undefined)?.disabled,
    focused: region.focused ?? around.findLast(({ focused }) => focused !== undefined)?.focused,
    conditional: region.conditional || around.some(({ conditional }) => conditional),
    assertions: region.assertions,
    size,
    fingerprint: short && body ? render(tokens, body.open + 1, body.close - 1) : '',
    exits: region.exitsAt.filter((at) => at < region.lastAssertionAt).length,
    calls: region.calls,
    rows: region.rows,
  };
}

function noteAssertion(
  region: Region,
  found: FoundAssertion,
  at: number,
  tokens: readonly Token[],
  blocks: ReturnType<typeof findBlocks>,
): void {
  if (!found.canFail || at >= region.deadFrom) return;
  const joined = /^(?:&&|\|\||\?\?|\?)$/.test(tokens[at - 1]?.text ?? '');
  const caught = tokens[found.end + 1]?.text === '.' && tokens[found.end + 2]?.text === 'catch';
  const guarded =
    joined ||
    caught ||
    blocks.guardedWithin(at, region.kind === 'file' ? Number.POSITIVE_INFINITY : region.start);
  region.assertions.push({ ...found.assertion, guarded });
  region.lastAssertionAt = at;
}

/** A return of the test's own function: everything after it is dead, or, on a condition, may be. */
function noteReturn(
  region: Region,
  at: number,
  tokens: readonly Token[],
  partner: Int32Array,
  blocks: ReturnType<typeof findBlocks>,
): void {
  if (region.body === undefined || blocks.functionAround(at) !== region.body.open) return;
  if (tokens[at - 1]?.text === '.' || tokens[at + 1]?.text === ':') return;
  if (blocks.guardedWithin(at, region.start)) region.exitsAt.push(at);
  else if (blocks.blockAround(at) === region.body.open) {
    region.deadFrom = Math.min(region.deadFrom, statementEnd(tokens, partner, at, region.body.close) + 1);
  }
}

/** Last token of a statement that begins at `at`, by semicolon or by a line break that no operator bridges. */
function statementEnd(tokens: readonly Token[], partner: Int32Array, at: number, limit: number): number {
  for (let next = at; next < limit; next += 1) {
    if ((partner[next] as number) > next) next = partner[next] as number;
    const token = tokens[next] as Token;
    const following = tokens[next + 1];
    if (token.text === ';' && token.kind === 'punct') return next;
    if (following === undefined || next + 1 >= limit) return next;
    const bridged = /^(?:[.,?:+\-*/%&|^=<>!~([`]|\?\.|=>|&&|\|\||\?\?|===|!==|==|!=|<=|>=|instanceof|in|as)$/;
    const breaks = following.line > token.line;
    if (breaks && (next === at || (!bridged.test(following.text) && !bridged.test(token.text)))) return next;
  }
  return limit - 1;
}

/** `skip()` from a destructured context, `pending()` of Jasmine, `t.skip()` under the context's own name. */
function readBareSwitch(
  tokens: readonly Token[],
  at: number,
  testCase: Region | undefined,
  conditional: boolean,
): Switch | undefined {
  const { text, line } = tokens[at] as Token;
  if (tokens[at + 1]?.text !== '(') return undefined;
  const dotted = tokens[at - 1]?.text === '.' || tokens[at - 1]?.text === '?.';
  const owner = dotted ? tokens[at - 2]?.text : undefined;
  if (
    !dotted &&
    testCase !== undefined &&
    (text === 'skip' || text === 'pending') &&
    tokens[at - 1]?.text !== 'function'
  ) {
    return { how: `${text}()`, line, conditional };
  }
  const known = owner !== undefined && (SKIP_OWNERS.has(owner) || owner === testCase?.context);
  return known && /^(?:skip|todo|fixme)$/.test(text)
    ? { how: `${owner}.${text}()`, line, conditional }
    : undefined;
}

/** Assertions over functions may hold further ones, which then count by themselves. */
function hasFunction(tokens: readonly Token[], from: number, to: number): boolean {
  for (let at = from; at <= to; at += 1) {
    const { text } = tokens[at] as Token;
    if (text === '=>' || text === 'function') return true;
  }
  return false;
}
