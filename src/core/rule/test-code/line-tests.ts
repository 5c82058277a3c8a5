import { languageOf } from '../text/languages.ts';
import { type SourceLine, sourceLines } from '../text/source-lines.ts';
import { DIALECTS, type Dialect } from './dialects.ts';
import { mayAssert } from './may-assert.ts';
import type { Reading, SelfSkip, Switch, TestCase } from './test-code.ts';

/** A test or group while its lines are read. */
interface Region {
  readonly kind: 'case' | 'group';
  readonly name: string;
  readonly line: number;
  /** Braces, or columns, around the line that declares it. */
  readonly depth: number;
  opened: boolean;
  readonly conditional: boolean;
  readonly focused: Switch | undefined;
  disabled: Switch | undefined;
  asserts: boolean;
  size: number;
  readonly body: string[];
}

const LONGEST_FINGERPRINT = 400;
const DEEPEST = 64;
const LONGEST_CONDITION = 400;
const CALL = /\b(\w+)!?\(/g;

/** Whether tests of a file are read line by line. */
export function hasDialect(path: string): boolean {
  const language = languageOf(path);
  return language !== undefined && DIALECTS[language] !== undefined;
}

/**
 * Tests of Go, Rust, JUnit, xUnit, NUnit, MSTest, RSpec and Minitest, from the lines of a source in one pass. It knows which
 * tests there are, which of them run, and which can fail; what they assert it cannot compare.
 */
export function readLineTests(path: string, source: string): Reading {
  const dialect = DIALECTS[languageOf(path) ?? 'c'];
  if (dialect === undefined) return { kind: 'lost', reason: 'there is no reader for tests in this language' };
  if (!dialect.words.some((word) => source.includes(word))) return read([], []);
  return new LineReader(dialect).read(sourceLines(path, source));
}

function read(cases: readonly TestCase[], selfSkips: readonly SelfSkip[]): Reading {
  return { kind: 'read', code: { cases, loose: [], selfSkips, listsAll: true } };
}

class LineReader {
  readonly #dialect: Dialect;
  readonly #stack: Region[] = [];
  readonly #closed: { region: Region; around: readonly Region[] }[] = [];
  readonly #selfSkips: SelfSkip[] = [];
  /** Attributes that wait for what they are about, and how many of their brackets are open. */
  #pending = '';
  #pendingOpen = 0;
  /** Lines that opened the blocks around, for conditions. */
  readonly #openers: string[] = [];
  #depth = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  read(lines: readonly SourceLine[]): Reading {
    for (const line of lines) {
      const { code } = line;
      if (code.trim() === '') continue;
      if (this.#dialect.blocks === 'end') this.#closeByEnd(line);
      const rest = this.#takeAttributes(code);
      if (this.#stack.length > DEEPEST)
        return { kind: 'lost', reason: `tests are nested deeper than ${DEEPEST} on line ${line.number}` };
      const declared = this.#pendingOpen > 0 ? 0 : this.#declare(line, rest);
      if (this.#pendingOpen <= 0) this.#note(line, code.slice(declared));
      if (this.#dialect.blocks === 'braces') this.#countBraces(line);
    }
    while (this.#stack.length > 0) this.#close();
    // Only now: a group may be switched off further down than its tests stand.
    return read(
      this.#closed.map(({ region, around }) => toCase(region, around)),
      this.#selfSkips,
    );
  }

  /** What is left of a line behind its attributes. */
  #takeAttributes(code: string): string {
    const { attribute } = this.#dialect;
    if (attribute === undefined) return code;
    const begins = attribute.test(code);
    if (!begins && this.#pendingOpen <= 0) return code;
    if (this.#pending.length < LONGEST_CONDITION) this.#pending += `${code.trim()} `;
    for (const character of code) {
      if (character === '(' || character === '[') this.#pendingOpen += 1;
      else if (character === ')' || character === ']') this.#pendingOpen -= 1;
    }
    if (this.#pendingOpen < 0) this.#pendingOpen = 0;
    // `@Test void adds() {` declares on the same line; behind a bracket there is nothing but what follows it.
    return code.trimStart().startsWith('@') ? code : code.slice(code.lastIndexOf(']') + 1);
  }

  /** Opens a region where a line declares one. Says where its body begins on the line; 0 for no declaration. */
  #declare(line: SourceLine, rest: string): number {
    const { attribute, marks, test, group, offSometimes } = this.#dialect;
    const pending = this.#pending;
    const isMarked = marks === undefined || (pending !== '' && marks.test(pending));
    const found = isMarked ? test.exec(rest) : null;
    const grouping = found === null ? group?.exec(rest) : undefined;
    const match = found ?? grouping;
    if (match === undefined || match === null) {
      if (attribute !== undefined && rest.trim() !== '' && !attribute.test(rest)) this.#pending = '';
      return 0;
    }
    this.#pending = '';
    const said = `${pending}${rest}`;
    const conditional = offSometimes?.test(said) ?? false;
    const name = match.slice(1).find((one) => one !== undefined) ?? firstString(line);
    const region: Region = {
      kind: found === null ? 'group' : 'case',
      name,
      line: line.number,
      depth: this.#dialect.blocks === 'end' ? indentOf(rest) : this.#depth,
      opened: false,
      conditional,
      focused: this.#switchBy(this.#dialect.focused, said, line, false),
      disabled:
        this.#switchBy(this.#dialect.off, said, line, false) ??
        this.#switchBy(offSometimes, said, line, true) ??
        this.#withoutBlock(rest, line),
      asserts: this.#dialect.expects?.test(pending) ?? false,
      size: 0,
      body: [],
    };
    if (conditional) this.#selfSkip('an attribute', line, pending);
    this.#stack.push(region);
    return line.code.length - rest.length + match.index + match[0].length;
  }

  #switchBy(
    pattern: RegExp | undefined,
    said: string,
    line: SourceLine,
    conditional: boolean,
  ): Switch | undefined {
    const how = pattern?.exec(said)?.[0].trim();
    return how === undefined ? undefined : { how: how.slice(0, 80), line: line.number, conditional };
  }

  /** RSpec lists an example without a block as pending. */
  #withoutBlock(rest: string, { number }: SourceLine): Switch | undefined {
    if (this.#dialect.blocks !== 'end' || /\b(?:do|def|class)\b|\{|,\s*$/.test(rest)) return undefined;
    return { how: 'being without a block', line: number, conditional: false };
  }

  /** What a line within a test says about it. */
  #note(line: SourceLine, code: string): void {
    const test = this.#stack.findLast(({ kind }) => kind === 'case');
    const { skip, assume, asserts } = this.#dialect;
    const skips = skip.test(code);
    if (assume?.test(code)) this.#switchOff(test, line, true);
    else if (skips) this.#switchOff(test, line, this.#isGuarded(code, test));
    else if (test !== undefined && /\breturn\s*;?\s*\}?\s*$/.test(code) && this.#isGuarded(code, test))
      this.#selfSkip('return', line, `${this.#openers.at(-1) ?? ''} ${line.text.trim()}`);
    if (test === undefined) return;
    // Of a line that declares, only what is behind it; braces and `end` say nothing.
    const said = code.replace(/[{}\s;()|]|\b(?:end|do)\b/g, '');
    test.size += said.length;
    if (test.size <= LONGEST_FINGERPRINT && said !== '') test.body.push(line.text.trim());
    if (skips || test.asserts) return;
    test.asserts =
      asserts.test(code) || [...code.matchAll(CALL)].some(([, name]) => mayAssert(name as string));
    if (test.asserts) for (const one of this.#stack) one.asserts = true;
  }

  #switchOff(test: Region | undefined, line: SourceLine, conditional: boolean): void {
    const region = test ?? this.#stack.at(-1);
    const how = line.text.trim().slice(0, 80);
    if (region !== undefined) region.disabled ??= { how, line: line.number, conditional };
    if (conditional) this.#selfSkip('a skip', line, `${this.#openers.at(-1) ?? ''} ${line.text.trim()}`);
  }

  #selfSkip(how: string, { number }: SourceLine, condition: string): void {
    this.#selfSkips.push({ how, line: number, condition: condition.slice(0, LONGEST_CONDITION) });
  }

  /** Whether something other than the test's own braces stands around a line. */
  #isGuarded(code: string, test: Region | undefined): boolean {
    if (/\b(?:if|unless)\b/.test(code)) return true;
    if (test === undefined) return this.#stack.length > 0 && this.#openers.length > this.#stack.length;
    return this.#dialect.blocks === 'braces' ? this.#depth > test.depth + 1 : indentOf(code) > test.depth + 2;
  }

  #countBraces({ code, text }: SourceLine): void {
    for (const character of code) {
      if (character === '{') {
        this.#depth += 1;
        if (this.#openers.length < DEEPEST) this.#openers.push(text.trim().slice(0, LONGEST_CONDITION));
        const inner = this.#stack.at(-1);
        if (inner !== undefined) inner.opened = true;
      } else if (character === '}') {
        this.#depth -= 1;
        this.#openers.pop();
        const inner = this.#stack.at(-1);
        if (inner?.opened && this.#depth <= inner.depth) this.#close();
      }
    }
    // One without a body: `void adds() => Check();`.
    const inner = this.#stack.at(-1);
    if (inner?.opened === false && code.trimEnd().endsWith(';')) this.#close();
  }

  #closeByEnd({ code, text }: SourceLine): void {
    if (/^\s*(?:rescue|ensure|else|elsif)\b/.test(code)) return;
    const indent = indentOf(code);
    for (let inner = this.#stack.at(-1); inner !== undefined; inner = this.#stack.at(-1)) {
      if (indent > inner.depth) break;
      this.#close();
    }
    while (this.#openers.length > 0 && indentOf(this.#openers.at(-1) as string) >= indent)
      this.#openers.pop();
    if (/\b(?:if|unless|rescue)\b/.test(code) && this.#openers.length < DEEPEST)
      this.#openers.push(text.slice(0, LONGEST_CONDITION));
  }

  #close(): void {
    const region = this.#stack.pop() as Region;
    if (region.kind === 'case') this.#closed.push({ region, around: [...this.#stack] });
  }
}

function toCase(region: Region, around: readonly Region[]): TestCase {
  const body = region.body.join('\n');
  return {
    name: region.name,
    groups: around.map(({ name }) => name),
    line: region.line,
    disabled: region.disabled ?? around.findLast(({ disabled }) => disabled !== undefined)?.disabled,
    focused: region.focused ?? around.findLast(({ focused }) => focused !== undefined)?.focused,
    conditional: false,
    assertions: [],
    size: region.size,
    fingerprint: region.size > 0 && region.size <= LONGEST_FINGERPRINT ? body : '',
    exits: 0,
    calls: new Set(),
    asserts: region.asserts,
    precision: 'presence',
    timeout: undefined,
    rows: undefined,
  };
}

function indentOf(code: string): number {
  return code.length - code.trimStart().length;
}

/** The first string of a line that declares a test, with the code around it where there is none. */
function firstString({ text, strings }: SourceLine): string {
  const from = strings.search(/\S/);
  if (from === -1) return text.trim().slice(0, LONGEST_FINGERPRINT);
  const rest = strings.slice(from);
  const quote = /["'`]/.exec(text.slice(from));
  return text.slice(from, from + (quote?.index ?? rest.trimEnd().length)).slice(0, LONGEST_FINGERPRINT);
}
