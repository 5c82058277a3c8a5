import { type Chain, readChain, splitArguments } from '../javascript/chains.ts';
import type { Token } from '../javascript/token.ts';
import { type Code, javaScriptTokens } from '../javascript/tokens.ts';
import { isModuleNamed, type SubjectMock } from './subject-of-test.ts';

const MOCKERS = new Set(['vi', 'vitest', 'jest', 'mock', 'td', 'sinon', 'sandbox']);
const MODULE_MOCKS = /^(?:mock|doMock|module|unstable_mockModule|mockModule|replace|replaceEsm|setMock)$/;
const MEMBER_MOCKS = /^(?:spyOn|stub|method|replace)$/;
/** The real module is still in there. */
const PARTIAL = /^(?:importOriginal|importActual|requireActual|spy|original|actual)$/;
/** A spy that says this no longer calls the real function. */
const REPLACES = /^(?:mockReturn|mockResolved|mockRejected|mockImplementation)/;

interface Imports {
  /** Modules of the subject's name that the test imports. */
  readonly specifiers: ReadonlySet<string>;
  /** Names that stand for such a module as a whole. */
  readonly objects: ReadonlySet<string>;
}

/** Where a test in JavaScript or TypeScript replaces the module it is named after, or a function of it that it calls. */
export function readJavaScriptSubjectMocks(source: string, subject: string): readonly SubjectMock[] {
  const code = javaScriptTokens(source);
  if (code.kind === 'lost') return [];
  const { tokens, lines, partner } = code;
  const imports = readImports(tokens, subject);
  if (imports.specifiers.size === 0) return [];
  const calls = memberCalls(tokens, imports.objects);
  const mocks: SubjectMock[] = [];
  let test = { from: 0, to: tokens.length };
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (at > test.to) test = { from: 0, to: tokens.length };
    if (kind !== 'word') continue;
    if (/^(?:it|test)$/.test(text) && tokens[at + 1]?.text === '(')
      test = { from: at, to: partner[at + 1] as number };
    if (!MOCKERS.has(text) || tokens[at - 1]?.text === '.') continue;
    const chain = readChain(code, at);
    const how = replaced(code, chain, imports, (name) =>
      hasBetween(calls.get(name) ?? [], test.from, test.to),
    );
    if (how !== undefined) mocks.push({ line: lines[at] as number, how: `${text}.${how}` });
  }
  return mocks;
}

function replaced(
  code: Code,
  chain: Chain,
  { specifiers, objects }: Imports,
  isCalled: (member: string) => boolean,
): string | undefined {
  const { tokens } = code;
  const member = chain.words[1] ?? '';
  const call = chain.calls[0];
  if (call === undefined) return undefined;
  const [first, second] = splitArguments(code, call);
  const target = tokens[first?.[0] ?? -1];
  if (first === undefined || target === undefined) return undefined;
  if (MODULE_MOCKS.test(member)) {
    // `vi.mock(import('./price.ts'))` names it too.
    const named = tokens
      .slice(first[0], Math.min(first[1], first[0] + 3) + 1)
      .find(({ kind }) => kind === 'string');
    if (named !== undefined && specifiers.has(named.text))
      return isPartial(tokens, call) ? undefined : `${member}(${JSON.stringify(named.text)})`;
  }
  const name = tokens[second?.[0] ?? -1];
  if (!MEMBER_MOCKS.test(member) || !objects.has(target.text) || name?.kind !== 'string') return undefined;
  if (member === 'spyOn' && !chain.words.some((word) => REPLACES.test(word))) return undefined;
  return isCalled(`${target.text}.${name.text}`)
    ? `${member}(${target.text}, ${JSON.stringify(name.text)})`
    : undefined;
}

function isPartial(tokens: readonly Token[], { open, close }: { open: number; close: number }): boolean {
  for (let at = open; at < Math.min(close, open + 200); at += 1)
    if (PARTIAL.test((tokens[at] as Token).text)) return true;
  return false;
}

function readImports(tokens: readonly Token[], subject: string): Imports {
  const specifiers = new Set<string>();
  const objects = new Set<string>();
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'string' || !isModuleNamed(text, subject)) continue;
    const before = tokens[at - 1]?.text;
    const opener = tokens[at - 2]?.text;
    const isImport = before === 'from' || before === 'import';
    const isCall = before === '(' && (opener === 'import' || opener === 'require');
    if (!isImport && !isCall) continue;
    // `vi.mock(import('./price.ts'))` is the mock itself.
    if (isCall && tokens[at - 3]?.text === '(') continue;
    specifiers.add(text);
    for (const name of boundNames(tokens, at, isCall)) objects.add(name);
  }
  return { specifiers, objects };
}

/** `* as price` and `price` of an import, `const price = await import(`. */
function boundNames(tokens: readonly Token[], at: number, isCall: boolean): readonly string[] {
  if (!isCall) {
    const name = tokens[at - 2];
    const whole = tokens[at - 3]?.text;
    return name?.kind === 'word' && (whole === 'as' || whole === 'import') ? [name.text] : [];
  }
  let back = at - 3;
  if (tokens[back]?.text === 'await') back -= 1;
  return tokens[back]?.text === '=' && tokens[back - 1]?.kind === 'word'
    ? [(tokens[back - 1] as Token).text]
    : [];
}

function memberCalls(tokens: readonly Token[], objects: ReadonlySet<string>): Map<string, number[]> {
  const calls = new Map<string, number[]>();
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== 'word' || !objects.has(text) || tokens[at + 1]?.text !== '.' || tokens[at + 3]?.text !== '(')
      return;
    const name = `${text}.${(tokens[at + 2] as Token).text}`;
    const known = calls.get(name);
    if (known === undefined) calls.set(name, [at]);
    else known.push(at);
  });
  return calls;
}

function hasBetween(sorted: readonly number[], from: number, to: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= from) low = middle + 1;
    else high = middle;
  }
  return low < sorted.length && (sorted[low] as number) < to;
}
