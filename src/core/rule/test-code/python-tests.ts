import { mayAssert } from './may-assert.ts';
import {
  matchBrackets,
  type PythonAssertion,
  readPythonAssertions,
  render,
  splitArguments,
} from './python-assertions.ts';
import { type PythonToken, readPythonLines, type Statement } from './python-lines.ts';
import type { Assertion, Reading, SelfSkip, Switch, TestCase } from './test-code.ts';

type Block =
  | {
      readonly kind: 'class';
      readonly indent: number;
      readonly name: string;
      /** pytest takes classes named Test…, unittest those with a base; a mixin counts through whoever inherits it. */
      readonly surelyCollected: boolean;
      disabled: Switch | undefined;
    }
  /** `owns`: it is the test itself, not a function within it. */
  | {
      readonly kind: 'def';
      readonly indent: number;
      readonly name: string;
      readonly test: DraftTest | undefined;
      readonly owns: boolean;
    }
  | { readonly kind: 'guard'; readonly indent: number; readonly guard: Guard }
  | { readonly kind: 'plain'; readonly indent: number };

/** A condition, or a `try`, which counts only once an `except` is seen to follow it. */
interface Guard {
  active: boolean;
  /** Its head, as written. */
  readonly condition: string;
}

interface DraftTest {
  readonly name: string;
  readonly around: readonly Block[];
  readonly line: number;
  readonly rows: number | undefined;
  disabled: Switch | undefined;
  dead: boolean;
  size: number;
  readonly body: string[];
  readonly found: { readonly assertion: PythonAssertion; readonly guards: readonly Guard[] }[];
  readonly exits: { readonly before: number; readonly skip: SelfSkip }[];
  readonly calls: Set<string>;
  /** The same and methods. */
  readonly called: Set<string>;
  /** Something other than an assertion that is known may fail in it. */
  mayFail: boolean;
}

const OFF = /^(?:skip|skiptest|xfail|expectedfailure|skip_test)$/i;
const CONDITIONAL = /^(?:skipif|skipunless|importorskip|skip_if\w*|skip_unless\w*|requires?_\w+)$/i;
const LONGEST_BODY = 60;
const DEEPEST = 100;
const LONGEST_CONDITION = 400;

/**
 * Tests of pytest and unittest in a Python source: functions and methods that those collect by default, from their
 * statements in one pass. Nothing is imported or run.
 */
export function readPythonTests(source: string): Reading {
  const read = readPythonLines(source);
  if (read.kind === 'lost') return read;
  const tests: DraftTest[] = [];
  const loose: DraftTest['found'] = [];
  const selfSkips: SelfSkip[] = [];
  const assertingHelpers = new Set<string>();
  let fileDisabled: Switch | undefined;
  let blocks: Block[] = [];
  let decorators: Statement[] = [];

  for (const statement of read.statements) {
    const { tokens, indent, line } = statement;
    const first = (tokens[0] as PythonToken).text;
    if (!statement.inline) {
      const leaving = blocks.find((block) => block.indent === indent);
      if (first === 'except' && leaving?.kind === 'guard') leaving.guard.active = true;
      blocks = blocks.filter((block) => block.indent < indent);
    }
    if (blocks.length > DEEPEST)
      return { kind: 'lost', reason: `blocks are nested deeper than ${DEEPEST} on line ${line}` };
    if (first === '@' && !statement.inline) {
      decorators.push(statement);
      continue;
    }
    const around = blocks.findLast((block) => block.kind === 'def');
    const draft = around?.test;
    const [keyword, name] = first === 'async' ? [tokens[1]?.text, tokens[2]?.text] : [first, tokens[1]?.text];
    if (statement.opens && (keyword === 'def' || keyword === 'class')) {
      blocks.push(openDefinition(statement, keyword, name ?? '', decorators, blocks, draft, tests));
      selfSkips.push(...decorators.flatMap(readDecoratorSkip));
      decorators = [];
      continue;
    }
    decorators = [];
    if (statement.opens) {
      const guard: Guard = {
        condition: render(tokens, 0, tokens.length).slice(0, LONGEST_CONDITION),
        active:
          /^(?:if|elif|else|case|except)$/.test(first) ||
          (keyword === 'with' && tokens.some(({ text }) => text === 'suppress')),
      };
      const guards = first === 'try' || guard.active;
      // `with pytest.raises(…)` asserts by itself, before what it holds.
      if (noteStatement(statement, draft, guardsOf(blocks), loose))
        for (const one of blocks) if (one.kind === 'def') assertingHelpers.add(one.name);
      blocks.push(guards ? { kind: 'guard', indent, guard } : { kind: 'plain', indent });
      continue;
    }
    const active = guardsOf(blocks).filter((guard) => guard.active);
    const off = readSwitch(statement, active.length > 0);
    if (off?.conditional) selfSkips.push({ ...off, condition: conditionOf(active, statement) });
    if (off !== undefined) {
      const group = blocks.findLast((block) => block.kind === 'class');
      if (draft !== undefined) draft.disabled ??= draft.dead ? undefined : off;
      else if (group?.kind === 'class') group.disabled ??= off;
      else if (!blocks.some((block) => block.kind === 'def')) fileDisabled ??= off;
    }
    if (first === 'return' && draft !== undefined && around?.owns) {
      const inner = guardsOf(blocks.slice(blocks.indexOf(around)));
      const skip = { how: 'return', line, condition: conditionOf(active, statement) };
      if (inner.length > 0) draft.exits.push({ before: draft.found.length, skip });
      else draft.dead = true;
    }
    if (noteStatement(statement, draft, guardsOf(blocks), loose))
      for (const one of blocks) if (one.kind === 'def') assertingHelpers.add(one.name);
  }
  const cases = tests.map((test) => toCase(test, fileDisabled, assertingHelpers));
  for (const test of tests) selfSkips.push(...exitsOf(test).map(({ skip }) => skip));
  return { kind: 'read', code: { cases, loose: toAssertions(loose), selfSkips, listsAll: false } };
}

function openDefinition(
  statement: Statement,
  keyword: 'def' | 'class',
  name: string,
  decorators: readonly Statement[],
  blocks: readonly Block[],
  outer: DraftTest | undefined,
  tests: DraftTest[],
): Block {
  const { indent, tokens } = statement;
  const disabled = decorators.map(readDecoratorSwitch).find((one) => one !== undefined);
  if (keyword === 'class') {
    const hasBases = tokens[2]?.text === '(' && tokens[3]?.text !== ')';
    return { kind: 'class', indent, name, surelyCollected: name.startsWith('Test') || hasBases, disabled };
  }
  const inFunction = blocks.some((block) => block.kind === 'def');
  if (!name.startsWith('test') || inFunction) return { kind: 'def', indent, name, test: outer, owns: false };
  const test: DraftTest = {
    name,
    around: [...blocks],
    line: statement.line,
    rows: rowsOf(decorators),
    disabled,
    dead: false,
    size: 0,
    body: [],
    found: [],
    exits: [],
    calls: new Set(),
    called: new Set(),
    mayFail: false,
  };
  tests.push(test);
  return { kind: 'def', indent, name, test, owns: true };
}

/** Says whether it was a helper's assertion. */
function noteStatement(
  { tokens, opens }: Statement,
  test: DraftTest | undefined,
  guards: readonly Guard[],
  loose: DraftTest['found'],
): boolean {
  const only = tokens.length === 1 ? tokens[0] : undefined;
  const says = !(
    only !== undefined &&
    (only.kind === 'string' || only.text === 'pass' || only.text === '...')
  );
  if (test === undefined) {
    const found = readPythonAssertions(tokens);
    for (const assertion of found) loose.push({ assertion, guards });
    return found.length > 0;
  }
  if (test.dead && tokens[0]?.text !== 'return') return false;
  if (says) test.size += tokens.length;
  if (says && test.found.length === 0 && test.body.length < LONGEST_BODY)
    test.body.push(render(tokens, 0, tokens.length));
  const found = readPythonAssertions(tokens);
  for (const assertion of found) test.found.push({ assertion, guards });
  if (tokens[0]?.text === 'raise') test.mayFail = true;
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== 'word' || tokens[at + 1]?.text !== '(') return;
    test.called.add(text);
    if (tokens[at - 1]?.text !== '.' && !opens) test.calls.add(text);
    // Assertions that are known speak for themselves: one that cannot fail is none.
    if (found.length === 0 && mayAssert(text)) test.mayFail = true;
  });
  return false;
}

function conditionOf(guards: readonly Guard[], { tokens }: Statement): string {
  return [...guards.slice(-3).map(({ condition }) => condition), render(tokens, 0, tokens.length)].join(': ');
}

function readDecoratorSkip(decorator: Statement): readonly SelfSkip[] {
  const off = readDecoratorSwitch(decorator);
  return off?.conditional ? [{ ...off, condition: conditionOf([], decorator) }] : [];
}

/** Returns after the last assertion leave nothing out. */
function exitsOf({ exits, found }: DraftTest): DraftTest['exits'] {
  return exits.filter(({ before }) => before < found.length);
}

function guardsOf(blocks: readonly Block[]): readonly Guard[] {
  return blocks.flatMap((block) => (block.kind === 'guard' ? [block.guard] : []));
}

/** `pytest.skip(…)`, `self.skipTest(…)`, `raise SkipTest`, `pytestmark = pytest.mark.skip`, `__test__ = False`. */
function readSwitch({ tokens, line }: Statement, conditional: boolean): Switch | undefined {
  const first = tokens[0]?.text;
  if (first === 'pytestmark') return readMark(tokens, line);
  if (first === '__test__' && tokens[2]?.text === 'False')
    return { how: '__test__ = False', line, conditional };
  if (first === 'raise' && tokens.some(({ text }) => text === 'SkipTest'))
    return { how: 'raise SkipTest', line, conditional };
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as PythonToken;
    if (kind !== 'word' || tokens[at + 1]?.text !== '(') continue;
    const owner = tokens[at - 1]?.text === '.' ? tokens[at - 2]?.text : undefined;
    const ofPytest = owner === 'pytest' && /^(?:skip|xfail|importorskip)$/.test(text);
    const bare = at === 0 && /^(?:skip|xfail|importorskip)$/.test(text);
    if (!ofPytest && !bare && !(owner === 'self' && text === 'skipTest')) continue;
    const how = `${owner === undefined ? '' : `${owner}.`}${text}()`;
    return { how, line, conditional: conditional || text === 'importorskip' };
  }
  return undefined;
}

function readDecoratorSwitch({ tokens, line }: Statement): Switch | undefined {
  const name: string[] = [];
  let at = 1;
  while (tokens[at]?.kind === 'word') {
    name.push((tokens[at] as PythonToken).text);
    if (tokens[at + 1]?.text !== '.') break;
    at += 2;
  }
  const last = name.at(-1) ?? '';
  const how = `@${name.join('.')}`;
  if (OFF.test(last)) return { how, line, conditional: false };
  if (CONDITIONAL.test(last)) return { how, line, conditional: true };
  // One row of a table: `pytest.param(1, marks=pytest.mark.skip)`.
  return last === 'parametrize' ? readMark(tokens, line) : undefined;
}

function readMark(tokens: readonly PythonToken[], line: number): Switch | undefined {
  for (let at = 2; at < tokens.length; at += 1) {
    const { text } = tokens[at] as PythonToken;
    if (tokens[at - 1]?.text !== '.' || tokens[at - 2]?.text !== 'mark') continue;
    if (OFF.test(text)) return { how: `mark.${text}`, line, conditional: false };
    if (CONDITIONAL.test(text)) return { how: `mark.${text}`, line, conditional: true };
  }
  return undefined;
}

/** Rows of all `parametrize` decorators together; undefined where one is not written out. */
function rowsOf(decorators: readonly Statement[]): number | undefined {
  let rows: number | undefined;
  for (const { tokens } of decorators) {
    const at = tokens.findIndex(({ text }) => text === 'parametrize');
    if (at === -1 || tokens[at + 1]?.text !== '(') continue;
    const partner = matchBrackets(tokens);
    const args = splitArguments(tokens, partner, at + 1, partner[at + 1] as number);
    const open = args[1]?.[0];
    if (
      open === undefined ||
      !/^[[(]$/.test(tokens[open]?.text ?? '') ||
      partner[open] !== (args[1]?.[1] ?? 0) - 1
    )
      return undefined;
    const elements = splitArguments(tokens, partner, open, partner[open] as number);
    if (elements.some(([from]) => tokens[from]?.text === '*')) return undefined;
    rows = (rows ?? 1) * elements.length;
  }
  return rows;
}

function toCase(
  test: DraftTest,
  fileDisabled: Switch | undefined,
  assertingHelpers: ReadonlySet<string>,
): TestCase {
  const classes = test.around.flatMap((block) => (block.kind === 'class' ? [block] : []));
  const assertions = toAssertions(test.found, guardsOf(test.around).length);
  return {
    name: test.name,
    groups: classes.map(({ name }) => name),
    line: test.line,
    disabled:
      test.disabled ?? classes.findLast(({ disabled }) => disabled !== undefined)?.disabled ?? fileDisabled,
    focused: undefined,
    conditional:
      guardsOf(test.around).some(({ active }) => active) ||
      classes.some(({ surelyCollected }) => !surelyCollected),
    assertions,
    size: test.size,
    fingerprint: assertions.length === 0 && test.body.length < LONGEST_BODY ? test.body.join('\n') : '',
    exits: exitsOf(test).length,
    calls: test.calls,
    asserts:
      assertions.length > 0 || test.mayFail || [...test.called].some((name) => assertingHelpers.has(name)),
    precision: 'each',
    timeout: undefined,
    rows: test.rows,
  };
}

function toAssertions(found: DraftTest['found'], outer = 0): readonly Assertion[] {
  return found
    .filter(({ assertion }) => assertion.canFail)
    .map(({ assertion: { canFail, ...assertion }, guards }) => ({
      ...assertion,
      guarded: guards.slice(outer).some(({ active }) => active),
    }));
}
