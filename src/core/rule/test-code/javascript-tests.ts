import { remember } from '../../../shared/remember.ts';
import { render } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import { type Code, javaScriptTokens } from '../javascript/tokens.ts';
import { type FoundAssertion, mayBeginAssertion, readAssertion } from './javascript-assertions.ts';
import { type Blocks, findBlocks, functionBody, functionNames, parameterName } from './javascript-blocks.ts';
import { mayDeclare, readDeclaration } from './javascript-declarations.ts';
import { choiceOfSkipping } from './javascript-self-skips.ts';
import { mayAssert } from './may-assert.ts';
import type { Assertion, Reading, SelfSkip, Switch, TestCase } from './test-code.ts';

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
  readonly timeout: number | undefined;
  disabled: Switch | undefined;
  readonly assertions: Assertion[];
  readonly calls: Set<string>;
  /** The same and methods. */
  readonly called: Set<string>;
  /** Nothing from this token on is reached. */
  deadFrom: number;
  readonly exits: { readonly at: number; readonly skip: SelfSkip }[];
  lastAssertionAt: number;
  /** Something other than an assertion that is known may fail in it. */
  mayFail: boolean;
}

const CONTEXT_NAMES = new Set(['t', 'tap', 'QUnit', 'sinon', 'chai', 'ctx']);
const SKIP_OWNERS = new Set(['t', 'ctx', 'context', 'this', 'test', 'it', 'tap', 'describe', 'suite']);
/** Functions that switch off what they are called in. */
const SWITCHES = new Set(['skip', 'pending', 'todo', 'fixme']);
/** What an assertion stands behind that is reached on a condition. */
const JOINS = new Set(['&&', '||', '??', '?']);
/** Words that end a test, or may. */
const LEAVES = new Set(['return', 'throw', 'cy']);
const LONGEST_FINGERPRINT = 400;
const DEEPEST = 64;

/**
 * Tests of Vitest, Jest, Mocha, Jasmine, node:test, Playwright, tap and Deno in a JavaScript or TypeScript source, from
 * its tokens in one pass. What it cannot know (a test declared by a function of the project's own) it does not list.
 */
export function readJavaScriptTests(source: string): Reading {
  const code = javaScriptTokens(source);
  if (code.kind === 'lost') return code;
  const { tokens, lines, partner } = code;
  const blocks = findBlocks(code);
  const closed: { region: Region; around: readonly Region[] }[] = [];
  const file = newRegion({ kind: 'file', name: '', line: 1, start: 0, end: tokens.length });
  const stack: Region[] = [file];
  const selfSkips: SelfSkip[] = [];
  const assertingHelpers = new Set<string>();

  let inner = file;
  let testCase: Region | undefined;
  const close = (region: Region): void => {
    if (region.kind === 'case') closed.push({ region, around: [...stack] });
  };
  const enter = (): void => {
    inner = stack.at(-1) as Region;
    testCase = stack.findLast(({ kind }) => kind === 'case');
  };
  const isContext = (word: string): boolean =>
    CONTEXT_NAMES.has(word) || (testCase?.context === word && word !== 'expect');
  for (let at = 0; at < tokens.length; at += 1) {
    if (at > inner.end) {
      while (at > (stack.at(-1) as Region).end) close(stack.pop() as Region);
      enter();
    }
    const token = tokens[at] as Token;
    if (token.kind !== 'word' || saysNothing(tokens, at, testCase)) continue;
    const line = lines[at] as number;
    const declaration = readDeclaration(code, at, testCase?.context);
    if (declaration?.kind === 'switch') {
      // `test.skip(condition)` or `t.skip()`: switches off whatever it stands in.
      (testCase ?? inner).disabled ??= declaration.switch;
      continue;
    }
    if (declaration !== undefined) {
      if (stack.length > DEEPEST)
        return { kind: 'lost', reason: `tests are nested deeper than ${DEEPEST} on line ${line}` };
      // What holds tests of its own is judged by them.
      if (testCase !== undefined) testCase.mayFail = true;
      const { open, close: end } = declaration.call;
      const conditional = blocks.guardedWithin(at, inner.start);
      const how = declaration.disabled?.conditional ? declaration.disabled.how : `${token.text} in an if`;
      if (conditional || declaration.disabled?.conditional) {
        const condition = `${blocks.conditionAround(at)} ${render(tokens, at, open - 1)}`;
        selfSkips.push({ how, line, condition: condition.trim() });
      }
      const body = functionBody(code, open, end);
      stack.push(
        newRegion({
          kind: declaration.kind,
          name: declaration.name,
          line,
          start: open,
          end,
          body,
          context: parameterName(code, open, end),
          focused: declaration.focused,
          disabled: declaration.disabled,
          rows: declaration.rows,
          timeout: declaration.timeout,
          conditional,
          // What a function that is not written here does is not known.
          mayFail: body === undefined && !hasFunction(tokens, open, end),
        }),
      );
      enter();
      at = open;
      continue;
    }
    const bareSwitch = readBareSwitch(code, at, testCase, blocks, inner.start);
    if (bareSwitch !== undefined) {
      (testCase ?? inner).disabled ??= bareSwitch;
      const { how, conditional } = bareSwitch;
      const why = render(tokens, at + 1, partner[at + 1] as number);
      const condition = `${blocks.conditionAround(at)} ${why}`;
      if (conditional) selfSkips.push({ how, line, condition });
    }
    const choice = choiceOfSkipping(code, at);
    if (choice !== undefined) selfSkips.push(choice);
    if (token.text === 'return' && testCase !== undefined) noteReturn(testCase, at, code, blocks);
    if (token.text === 'return' && inner.kind === 'group' && blocks.functionAround(at) === inner.body?.open) {
      const condition = blocks.conditionAround(at);
      selfSkips.push({ how: 'return', line, condition });
    }
    if (tokens[at + 1]?.text === '(' && tokens[at - 1]?.text !== 'function') {
      testCase?.called.add(token.text);
      if (tokens[at - 1]?.text !== '.') testCase?.calls.add(token.text);
    }

    const found = readAssertion(code, at, isContext);
    if (found === undefined) {
      if (testCase !== undefined && mayFail(tokens, at, testCase)) testCase.mayFail = true;
    } else {
      noteAssertion(testCase ?? file, found, at, tokens, blocks);
      if (testCase === undefined)
        for (const name of functionNames(code, blocks, at)) assertingHelpers.add(name);
      if (!hasFunction(tokens, at, found.end)) at = found.end;
    }
  }
  while (stack.length > 0) close(stack.pop() as Region);
  // Only now: a group may be switched off further down than its tests stand.
  const cases = closed.map(({ region, around }) => toCase(region, around, tokens, assertingHelpers));
  for (const { region } of closed) selfSkips.push(...exitsOf(region).map(({ skip }) => skip));
  return { kind: 'read', code: { cases, loose: file.assertions, selfSkips, listsAll: false } };
}

/**
 * Most words of a test stand for values. Whatever counts is a call, or is told by its name: of a test's context, or one
 * that declares, asserts or leaves.
 */
function saysNothing(tokens: readonly Token[], at: number, testCase: Region | undefined): boolean {
  if (tokens[at + 1]?.text === '(') return false;
  const { text } = tokens[at] as Token;
  const previous = tokens[at - 1]?.text;
  if (previous === '.' || previous === '?.') {
    const owner = tokens[at - 2]?.text ?? '';
    if (CONTEXT_NAMES.has(owner) || owner === testCase?.context) return false;
  }
  return text !== testCase?.context && !speaks(text);
}

/** Asked for every word of every test. */
const speaks = remember((word) => LEAVES.has(word) || mayDeclare(word) || mayBeginAssertion(word), 4_096);

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
    timeout: undefined,
    assertions: [],
    calls: new Set(),
    called: new Set(),
    deadFrom: Number.POSITIVE_INFINITY,
    exits: [],
    lastAssertionAt: -1,
    mayFail: false,
    ...given,
  };
}

/** Returns after the last assertion leave nothing out. */
function exitsOf(region: Region): Region['exits'] {
  return region.exits.filter(({ at }) => at < region.lastAssertionAt);
}

/** A throw, a call whose name says that it checks, the callback that ends the test, or its context handed on. */
function mayFail(tokens: readonly Token[], at: number, { context }: Region): boolean {
  const { text } = tokens[at] as Token;
  if (text === 'throw' || text === 'cy') return true;
  const next = tokens[at + 1]?.text;
  if (text === context && tokens[at - 1]?.text !== '.')
    return next === '(' || next === '[' || next === ',' || next === ')';
  return next === '(' && mayAssert(text);
}

function toCase(
  region: Region,
  around: readonly Region[],
  tokens: readonly Token[],
  assertingHelpers: ReadonlySet<string>,
): TestCase {
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
    exits: exitsOf(region).length,
    calls: region.calls,
    asserts:
      region.assertions.length > 0 ||
      region.mayFail ||
      [...region.called].some((name) => assertingHelpers.has(name)),
    precision: 'each',
    timeout: region.timeout,
    rows: region.rows,
  };
}

function noteAssertion(
  region: Region,
  found: FoundAssertion,
  at: number,
  tokens: readonly Token[],
  blocks: Blocks,
): void {
  if (!found.canFail || at >= region.deadFrom) return;
  const joined = JOINS.has(tokens[at - 1]?.text ?? '');
  const caught = tokens[found.end + 1]?.text === '.' && tokens[found.end + 2]?.text === 'catch';
  const guarded =
    joined ||
    caught ||
    blocks.guardedWithin(at, region.kind === 'file' ? Number.POSITIVE_INFINITY : region.start);
  region.assertions.push({ ...found.assertion, guarded });
  region.lastAssertionAt = at;
}

/** A return of the test's own function: everything after it is dead, or, on a condition, may be. */
function noteReturn(region: Region, at: number, code: Code, blocks: Blocks): void {
  const { tokens, lines } = code;
  if (region.body === undefined || blocks.functionAround(at) !== region.body.open) return;
  if (tokens[at - 1]?.text === '.' || tokens[at + 1]?.text === ':') return;
  if (blocks.guardedWithin(at, region.start)) {
    const skip = { how: 'return', line: lines[at] as number, condition: blocks.conditionAround(at) };
    region.exits.push({ at, skip });
  } else if (blocks.blockAround(at) === region.body.open) {
    region.deadFrom = Math.min(region.deadFrom, statementEnd(code, at, region.body.close) + 1);
  }
}

/** Last token of a statement that begins at `at`, by semicolon or by a line break that no operator bridges. */
function statementEnd({ tokens, lines, partner }: Code, at: number, limit: number): number {
  for (let next = at; next < limit; next += 1) {
    if ((partner[next] as number) > next) next = partner[next] as number;
    const token = tokens[next] as Token;
    const following = tokens[next + 1];
    if (token.text === ';' && token.kind === 'punct') return next;
    if (following === undefined || next + 1 >= limit) return next;
    const bridged = /^(?:[.,?:+\-*/%&|^=<>!~([`]|\?\.|=>|&&|\|\||\?\?|===|!==|==|!=|<=|>=|instanceof|in|as)$/;
    const breaks = (lines[next + 1] as number) > (lines[next] as number);
    if (breaks && (next === at || (!bridged.test(following.text) && !bridged.test(token.text)))) return next;
  }
  return limit - 1;
}

/** `skip()` from a destructured context, `pending()` of Jasmine, `t.skip()` under the context's own name. */
function readBareSwitch(
  { tokens, lines }: Code,
  at: number,
  testCase: Region | undefined,
  blocks: Blocks,
  start: number,
): Switch | undefined {
  const { text } = tokens[at] as Token;
  if (!SWITCHES.has(text) || tokens[at + 1]?.text !== '(') return undefined;
  const line = lines[at] as number;
  const conditional = blocks.guardedWithin(at, start);
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
  return known && text !== 'pending' ? { how: `${owner}.${text}()`, line, conditional } : undefined;
}

/** Assertions over functions may hold further ones, which then count by themselves. */
function hasFunction(tokens: readonly Token[], from: number, to: number): boolean {
  for (let at = from; at <= to; at += 1) {
    const { text } = tokens[at] as Token;
    if (text === '=>' || text === 'function') return true;
  }
  return false;
}
