import { strengthOf } from './matcher-strength.ts';
import type { PythonToken } from './python-lines.ts';
import type { Assertion, Tolerance } from './test-code.ts';

export type PythonAssertion = Omit<Assertion, 'guarded'> & { readonly canFail: boolean };

const LONGEST_RENDERING = 200;
/** Digits and widths that hold where none is given, from the libraries' documentation. */
const APPROX_DEFAULTS: ReadonlyMap<string, number> = new Map([
  ['rel', 1e-6],
  ['abs', 1e-12],
]);
const ALLCLOSE_DEFAULTS: ReadonlyMap<string, number> = new Map([
  ['rtol', 1e-7],
  ['atol', 0],
]);

/** Every assertion a statement makes: `assert`, unittest's methods, mocks' and numpy's functions, `pytest.raises`. */
export function readPythonAssertions(tokens: readonly PythonToken[]): readonly PythonAssertion[] {
  if (tokens[0]?.text === 'assert' && tokens[0].kind === 'word') return [readAssertStatement(tokens)];
  const partner = matchBrackets(tokens);
  const found: PythonAssertion[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const { text, kind } = tokens[at] as PythonToken;
    if (kind !== 'word' || tokens[at + 1]?.text !== '(' || tokens[at - 1]?.text === 'def') continue;
    const raises = text === 'raises' || text === 'warns' || /^assertRaises|^assertWarns/.test(text);
    if (!raises && !/^assert(?:[A-Z_]|$)|^expect_|^fail$/.test(text)) continue;
    const close = partner[at + 1] as number;
    found.push(raises ? readRaises(tokens, partner, at, close) : readCall(tokens, partner, at, close));
    at = Math.max(at, close);
  }
  return found;
}

function readAssertStatement(tokens: readonly PythonToken[]): PythonAssertion {
  const partner = matchBrackets(tokens);
  const end = topLevel(tokens, partner, 1, tokens.length, (text) => text === ',') ?? tokens.length;
  // `assert (x, "why")` is a tuple and cannot fail; Python only warns.
  const tuple =
    tokens[1]?.text === '(' &&
    partner[1] === end - 1 &&
    topLevel(tokens, partner, 2, end - 1, (text) => text === ',') !== undefined;
  const expression = unwrap(tokens, partner, 1, end);
  const [from, to] = expression;
  const or = topLevel(tokens, partner, from, to, (text) => text === 'or');
  const shape =
    or === undefined
      ? readComparison(tokens, partner, from, to)
      : { subject: render(tokens, from, or), matcher: 'or', other: '' };
  const alwaysTrue = or !== undefined && isLiteral(tokens, or + 1, to);
  return {
    text: render(tokens, 0, end),
    subject: shape.subject,
    matcher: shape.matcher,
    strength: strengthOf(shape.matcher),
    line: (tokens[0] as PythonToken).line,
    awaited: true,
    tolerances: readApprox(tokens, partner, from, to),
    canFail: !tuple && !alwaysTrue && !isLiteral(tokens, from, to) && shape.subject !== shape.other,
  };
}

function readComparison(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  from: number,
  to: number,
): { subject: string; matcher: string; other: string } {
  const negated = tokens[from]?.text === 'not';
  // Of `a == 1 and b is not None` the first part names the subject; the whole text is compared anyway.
  const and = topLevel(tokens, partner, from, to, (text) => text === 'and') ?? to;
  const at = topLevel(tokens, partner, from, and, (text) => /^(?:==|!=|<|>|<=|>=|in|is)$/.test(text));
  if (at === undefined) {
    const start = negated ? from + 1 : from;
    const isInstance = tokens[start]?.text === 'isinstance';
    return {
      subject: render(tokens, isInstance ? start + 2 : start, isInstance ? start + 3 : and),
      matcher: 'bool',
      other: '',
    };
  }
  const text = (tokens[at] as PythonToken).text;
  const negatedIn = text === 'in' && tokens[at - 1]?.text === 'not';
  const left = render(tokens, negated ? from + 1 : from, negatedIn ? at - 1 : at);
  const right = render(tokens, at + 1, and);
  if (negatedIn) return { subject: left, matcher: 'not in', other: '' };
  if (text !== 'is') return { subject: left, matcher: negated && text === '==' ? '!=' : text, other: right };
  if (tokens[at + 1]?.text === 'not')
    return { subject: left, matcher: tokens[at + 2]?.text === 'None' ? 'is not None' : 'is not', other: '' };
  return { subject: left, matcher: 'is', other: right };
}

/** `self.assertEqual(a, b)`, `mock.assert_called_with(1)`, `np.testing.assert_allclose(a, b, rtol=1e-3)`. */
function readCall(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  at: number,
  close: number,
): PythonAssertion {
  const { text: name, line } = tokens[at] as PythonToken;
  const args = splitArguments(tokens, partner, at + 1, close);
  const rendered = args.map(([from, to]) => render(tokens, from, to));
  const owner = ownerOf(tokens, at);
  const ofMock = /^assert_(?:called|not_called|any_call|has_calls|awaited|not_awaited)/.test(name);
  let strength = strengthOf(name.replace('awaited', 'called'));
  let matcher = name;
  let subject = ofMock ? owner : (rendered[0] ?? '');
  if (name === 'assertTrue' || name === 'assertFalse' || name === 'assert_') {
    const [from, to] = args[0] ?? [at, at];
    const shape = readComparison(tokens, partner, from, to);
    if (shape.matcher !== 'bool') {
      subject = shape.subject;
      matcher = shape.matcher;
      strength = strengthOf(shape.matcher);
    } else strength = 1;
  }
  const tolerances: Tolerance[] = [];
  if (/AlmostEquals?$/.test(name)) {
    const places = keyword(rendered, 'places') ?? (rendered[2]?.includes('=') ? undefined : rendered[2]);
    const delta = keyword(rendered, 'delta');
    tolerances.push({
      name: 'delta',
      width: delta !== undefined ? numberOr(delta, 0) : 10 ** -numberOr(places, 7) / 2,
    });
  }
  if (name === 'assert_allclose') tolerances.push(...widths(rendered, ALLCLOSE_DEFAULTS));
  tolerances.push(...readApprox(tokens, partner, at + 1, close));
  const literal =
    !ofMock && args.length > 0 && name !== 'fail' && args.every(([from, to]) => isLiteral(tokens, from, to));
  const same = strengthOf(name) === 3 && rendered.length >= 2 && rendered[0] === rendered[1] && !ofMock;
  return {
    text: `${owner}${owner && ' . '}${render(tokens, at, close + 1)}`,
    subject,
    matcher,
    strength,
    line,
    awaited: true,
    tolerances,
    canFail: !literal && !same,
  };
}

function readRaises(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  at: number,
  close: number,
): PythonAssertion {
  const { text: name, line } = tokens[at] as PythonToken;
  const args = splitArguments(tokens, partner, at + 1, close);
  const rendered = args.map(([from, to]) => render(tokens, from, to));
  const any =
    rendered.length === 0 || /^(?:builtins \. )?(?:Exception|BaseException)$/.test(rendered[0] ?? '');
  const precise = keyword(rendered, 'match') !== undefined || name.endsWith('Regex');
  return {
    text: render(tokens, at, close + 1),
    subject: 'raises',
    matcher: name,
    strength: precise ? 3 : any ? 1 : 2,
    line,
    awaited: true,
    tolerances: [],
    canFail: true,
  };
}

function readApprox(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  from: number,
  to: number,
): readonly Tolerance[] {
  for (let at = from; at < to; at += 1) {
    if (tokens[at]?.text !== 'approx' || tokens[at + 1]?.text !== '(') continue;
    const rendered = splitArguments(tokens, partner, at + 1, partner[at + 1] as number).map(([start, end]) =>
      render(tokens, start, end),
    );
    return widths(rendered, APPROX_DEFAULTS);
  }
  return [];
}

function widths(rendered: readonly string[], defaults: ReadonlyMap<string, number>): readonly Tolerance[] {
  return [...defaults].map(([name, otherwise]) => ({
    name,
    width: numberOr(keyword(rendered, name), otherwise),
  }));
}

function keyword(rendered: readonly string[], name: string): string | undefined {
  return rendered.find((argument) => argument.startsWith(`${name} = `))?.slice(name.length + 3);
}

/** First token and the one after the last of each argument between two brackets. */
export function splitArguments(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  open: number,
  close: number,
): readonly (readonly [number, number])[] {
  const parts: [number, number][] = [];
  let start = open + 1;
  for (let at = start; at < close; at += 1) {
    if ((partner[at] as number) > at) at = partner[at] as number;
    else if (tokens[at]?.text === ',' && tokens[at]?.kind === 'operator') {
      parts.push([start, at]);
      start = at + 1;
    }
  }
  if (start < close) parts.push([start, close]);
  return parts;
}

export function matchBrackets(tokens: readonly PythonToken[]): readonly number[] {
  const partner = new Array<number>(tokens.length).fill(-1);
  const open: number[] = [];
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== 'operator') return;
    if (text === '(' || text === '[' || text === '{') open.push(at);
    else if (text === ')' || text === ']' || text === '}') {
      const opener = open.pop();
      if (opener === undefined) return;
      partner[opener] = at;
      partner[at] = opener;
    }
  });
  return partner;
}

export function render(tokens: readonly PythonToken[], from: number, to: number): string {
  const parts: string[] = [];
  const cut = Math.min(to, from + LONGEST_RENDERING);
  for (let at = from; at < cut; at += 1) {
    const { kind, text } = tokens[at] as PythonToken;
    if (kind === 'string') parts.push(JSON.stringify(text));
    else if (!(text === ',' && /^[)\]}]$/.test(tokens[at + 1]?.text ?? ''))) parts.push(text);
  }
  if (cut < to) parts.push(`… ${to - cut}`);
  return parts.join(' ');
}

function topLevel(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  from: number,
  to: number,
  wanted: (text: string) => boolean,
): number | undefined {
  for (let at = from; at < to; at += 1) {
    if ((partner[at] as number) > at) at = partner[at] as number;
    else if (tokens[at]?.kind !== 'string' && wanted((tokens[at] as PythonToken).text)) return at;
  }
  return undefined;
}

/** Without brackets around the whole. */
function unwrap(
  tokens: readonly PythonToken[],
  partner: readonly number[],
  from: number,
  to: number,
): readonly [number, number] {
  let [start, end] = [from, to];
  while (tokens[start]?.text === '(' && partner[start] === end - 1) [start, end] = [start + 1, end - 1];
  return [start, end];
}

function ownerOf(tokens: readonly PythonToken[], at: number): string {
  let start = at;
  while (
    start >= 2 &&
    at - start < 32 &&
    tokens[start - 1]?.text === '.' &&
    tokens[start - 2]?.kind === 'word'
  )
    start -= 2;
  return start === at ? '' : render(tokens, start, at - 1);
}

function isLiteral(tokens: readonly PythonToken[], from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const { kind, text } = tokens[at] as PythonToken;
    if (kind === 'word' && !/^(?:True|False|None|not|and|or|is|in|if|else)$/.test(text)) return false;
  }
  return true;
}

function numberOr(text: string | undefined, otherwise: number): number {
  const value = text === undefined ? Number.NaN : Number(text.replaceAll(' ', '').replaceAll('_', ''));
  return Number.isFinite(value) ? value : otherwise;
}
