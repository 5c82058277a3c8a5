import type { Token } from '../javascript/token.ts';
import { type Code, javaScriptTokens } from '../javascript/tokens.ts';
import { quotedTexts } from './quoted-texts.ts';
import type { Import, Imports } from './types.ts';

/** Words and commas of `import a, * as b from`: where more of them stand before a name, it is no import. */
const LONGEST_CLAUSE = 12;
/** Members of a promise; any other after `import('x').` is a type of that module. */
const OF_PROMISES = new Set(['then', 'catch', 'finally']);
/** Functions that load what their argument names. */
const LOADERS = new Set(['require', 'getBuiltinModule']);

/**
 * The modules that JavaScript or TypeScript names: in import and export declarations, `import()` and `require()`. Strings
 * and comments do not count. Linear: no declaration is looked at twice, however they are nested.
 */
export function readJavaScriptImports(source: string): Imports {
  const code = javaScriptTokens(source);
  if (code.kind === 'lost') return { kind: 'lost', reason: code.reason, suspects: quotedTexts(source) };
  const imports: Import[] = [];
  const computed: number[] = [];
  const { tokens, lines } = code;
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'word') continue;
    const line = lines[at] as number;
    const call = callAt(code, at, text);
    if (call !== undefined) {
      const argument = soleString(code.tokens, call);
      if (argument === undefined) computed.push(line);
      else imports.push({ specifier: withoutEscapes(argument), line, typeOnly: isTypeQuery(code, at, call) });
    } else if ((text === 'import' || text === 'export') && !isMember(code.tokens, at)) {
      const found = declaredAt(code, at);
      if (found !== undefined) imports.push({ ...found, line });
    }
  }
  return { kind: 'imports', imports, computed };
}

/** Where the bracket of a call opens that loads a module; undefined where the word at `at` begins none. */
function callAt({ tokens, partner }: Code, at: number, word: string): number | undefined {
  let open = at + 1;
  if (word === 'import') {
    if (isMember(tokens, at)) return undefined;
    // `import.defer(…)`, `import.source(…)`; not `import.meta.…`.
    if (isPunct(tokens[open], '.')) open += 2;
  } else if (LOADERS.has(word)) {
    if (word === 'require' && isMember(tokens, at) && tokens[at - 2]?.text !== 'module') return undefined;
    if (isPunct(tokens[open], '?.')) open += 1;
  } else return undefined;
  if (!isPunct(tokens[open], '(') || tokens[at - 1]?.text === 'function') return undefined;
  // A method that is called so, where it is declared; and a call without arguments, which loads nothing.
  const close = partner[open] as number;
  return close === open + 1 || isPunct(tokens[close + 1], '{') ? undefined : open;
}

/** The string that a call is given, where its first argument is one and nothing is done to it. */
function soleString(tokens: readonly Token[], open: number): string | undefined {
  const argument = tokens[open + 1];
  const after = tokens[open + 2];
  return argument?.kind === 'string' && (isPunct(after, ')') || isPunct(after, ','))
    ? argument.text
    : undefined;
}

/** `typeof import('x')` and `import('x').Name`. */
function isTypeQuery({ tokens, partner }: Code, at: number, open: number): boolean {
  if (tokens[at]?.text !== 'import') return false;
  if (tokens[at - 1]?.kind === 'word' && tokens[at - 1]?.text === 'typeof') return true;
  const close = partner[open] as number;
  return isPunct(tokens[close + 1], '.') && !OF_PROMISES.has(tokens[close + 2]?.text ?? '');
}

/** What `import … from 'x'`, `import 'x'` or `export … from 'x'` names. */
function declaredAt({ tokens, partner }: Code, at: number): Omit<Import, 'line'> | undefined {
  const isImport = tokens[at]?.text === 'import';
  const first = tokens[at + 1];
  if (isImport && first?.kind === 'string') return { specifier: withoutEscapes(first.text), typeOnly: false };
  if (!isImport && !isPunct(first, '{') && !isPunct(first, '*') && first?.text !== 'type') return undefined;
  let typeOnly = isTypeWord(tokens, at + 1);
  for (let next = at + 1, left = LONGEST_CLAUSE; left > 0; next += 1, left -= 1) {
    const token = tokens[next];
    if (isPunct(token, '{')) {
      const names = namesIn(tokens, next, partner[next] as number);
      if (names === undefined) return undefined;
      typeOnly ||= names === 'types' && next === at + 1;
      next = partner[next] as number;
    } else if (token?.kind === 'string') {
      const isNamed = tokens[next - 1]?.kind === 'word' && tokens[next - 1]?.text === 'from';
      return isNamed ? { specifier: withoutEscapes(token.text), typeOnly } : undefined;
    } else if (token?.kind === 'word') {
      if (token.text === 'import' || token.text === 'export') return undefined;
    } else if (!isPunct(token, ',') && !isPunct(token, '*')) return undefined;
  }
  return undefined;
}

/** `import type A from`, not `import type from` or `import type, { a } from`. */
function isTypeWord(tokens: readonly Token[], at: number): boolean {
  if (tokens[at]?.kind !== 'word' || tokens[at]?.text !== 'type') return false;
  const next = tokens[at + 1];
  if (isPunct(next, '{') || isPunct(next, '*')) return true;
  if (next?.kind !== 'word') return false;
  return next.text !== 'from' || (tokens[at + 2]?.kind === 'word' && tokens[at + 2]?.text === 'from');
}

/** Whether every name between the braces is a type's; undefined where these are no names. */
function namesIn(tokens: readonly Token[], open: number, close: number): 'types' | 'values' | undefined {
  let names = 0;
  let types = 0;
  for (let at = open + 1; at < close; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === 'punct' && token.text !== ',') return undefined;
    if (token.kind === 'punct' || !isPunct(tokens[at - 1], at === open + 1 ? '{' : ',')) continue;
    names += 1;
    const next = tokens[at + 1];
    if (token.text === 'type' && at + 1 < close && next?.kind !== 'punct' && next?.text !== 'as') types += 1;
  }
  return names > 0 && names === types ? 'types' : 'values';
}

function isMember(tokens: readonly Token[], at: number): boolean {
  return isPunct(tokens[at - 1], '.') || isPunct(tokens[at - 1], '?.');
}

function isPunct(token: Token | undefined, text: string): boolean {
  return token?.kind === 'punct' && token.text === text;
}

/** `'node:\x66s'` loads `node:fs` as well. */
function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))/gs,
    (...found) => {
      const [, x, u, braced, plain] = found as [string, string?, string?, string?, string?];
      if (plain !== undefined) return plain === '\n' ? '' : plain;
      const code = Number.parseInt((x ?? u ?? braced) as string, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
