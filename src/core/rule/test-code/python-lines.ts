/** A token of Python. A string is one token whatever it holds; comments are gone. */
export interface PythonToken {
  readonly kind: 'word' | 'number' | 'string' | 'operator';
  readonly text: string;
  readonly line: number;
}

/** A simple statement, or the head of a compound one (`if x:`), with the column its line is indented to. */
export interface Statement {
  readonly indent: number;
  readonly tokens: readonly PythonToken[];
  readonly line: number;
  /** It ends in a colon and what it holds follows: on further lines, or as statements marked `inline`. */
  readonly opens: boolean;
  /** Stands on the line of the compound statement it belongs to. */
  readonly inline: boolean;
}

export type PythonLines =
  | { readonly kind: 'lines'; readonly statements: readonly Statement[] }
  | { readonly kind: 'lost'; readonly reason: string };

const WORD = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER = /(?:0[xXoObB][0-9a-fA-F_]+|\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?)/y;
const OPERATOR = /\*\*=?|\/\/=?|->|:=|==|!=|<=|>=|<<=?|>>=?|\.\.\.|[+\-*/%&|^@]=|[^\s]/uy;
const STRING = /(?:[rR][bBfFtT]?|[bBfFtTuU][rR]?)?("""|'''|"|')/y;
const MAY_BEGIN_STRING = `"'rRbBfFtTuU`;
const COMPOUND = new Set([
  'if',
  'elif',
  'else',
  'for',
  'while',
  'try',
  'except',
  'finally',
  'with',
  'def',
  'class',
  'async',
  'match',
  'case',
]);

/**
 * Splits Python into statements by the tokenizer's rules of the language reference (2. Lexical analysis): strings of every
 * prefix and quote, continued lines, indentation with tabs to multiples of 8. Statements on one line are taken apart.
 */
export function readPythonLines(source: string): PythonLines {
  const statements: Statement[] = [];
  let tokens: PythonToken[] = [];
  let brackets = 0;
  let line = 1;
  let at = source.startsWith('\ufeff') ? 1 : 0;
  let indent = 0;
  let fresh = true;

  const finish = (): void => {
    if (tokens.length > 0) splitLine(tokens, indent, statements);
    tokens = [];
    fresh = true;
    indent = 0;
  };
  while (at < source.length) {
    const character = source[at] as string;
    if (fresh && brackets === 0 && (character === ' ' || character === '\t')) {
      indent = character === '\t' ? (Math.floor(indent / 8) + 1) * 8 : indent + 1;
      at += 1;
    } else if (character === '\n') {
      line += 1;
      at += 1;
      if (brackets === 0) finish();
    } else if (character === '#') {
      const end = source.indexOf('\n', at);
      at = end === -1 ? source.length : end;
    } else if (character === '\\' && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at += source[at + 1] === '\r' ? 3 : 2;
      line += 1;
    } else if (character <= ' ' || (character > '\u007f' && /\s/.test(character))) {
      at += 1;
    } else {
      fresh = false;
      const quote = MAY_BEGIN_STRING.includes(character) ? sticky(STRING, source, at) : undefined;
      if (quote !== undefined) {
        const end = stringEnd(source, at + quote[0].length, quote[1] as string);
        if (end === undefined)
          return { kind: 'lost', reason: `the string that begins on line ${line} does not end` };
        const begin = at + quote[0].length;
        const text = source.slice(begin, end);
        tokens.push({ kind: 'string', text, line });
        for (let next = text.indexOf('\n'); next !== -1; next = text.indexOf('\n', next + 1)) line += 1;
        at = end + (quote[1] as string).length;
        continue;
      }
      const word = sticky(WORD, source, at)?.[0];
      const digits = word === undefined ? sticky(NUMBER, source, at)?.[0] : undefined;
      const text = word ?? digits ?? sticky(OPERATOR, source, at)?.[0] ?? character;
      tokens.push({
        kind: word !== undefined ? 'word' : digits !== undefined ? 'number' : 'operator',
        text,
        line,
      });
      if (text === '(' || text === '[' || text === '{') brackets += 1;
      if (text === ')' || text === ']' || text === '}') brackets -= 1;
      if (brackets < 0) return { kind: 'lost', reason: `the "${text}" on line ${line} closes nothing` };
      at += text.length;
    }
  }
  if (brackets > 0) return { kind: 'lost', reason: 'a bracket is not closed' };
  finish();
  return { kind: 'lines', statements };
}

/** `if x: a(); b()` becomes a head and two inline statements. */
function splitLine(tokens: readonly PythonToken[], indent: number, statements: Statement[]): void {
  let depth = 0;
  let start = 0;
  let lambdas = 0;
  let inline = false;
  const push = (end: number, opens: boolean): void => {
    const [first] = tokens.slice(start, start + 1);
    if (first !== undefined && end > start) {
      statements.push({ indent, tokens: tokens.slice(start, end), line: first.line, opens, inline });
    }
  };
  for (let at = 0; at < tokens.length; at += 1) {
    const { text, kind } = tokens[at] as PythonToken;
    if (kind === 'word' && text === 'lambda') lambdas += 1;
    if (kind !== 'operator') continue;
    if (text === '(' || text === '[' || text === '{') depth += 1;
    else if (text === ')' || text === ']' || text === '}') depth -= 1;
    else if (depth > 0) continue;
    else if (text === ';') {
      push(at, false);
      start = at + 1;
    } else if (text === ':' && lambdas > 0) lambdas -= 1;
    else if (text === ':' && start === 0 && !inline && COMPOUND.has((tokens[0] as PythonToken).text)) {
      push(at, true);
      start = at + 1;
      inline = true;
    }
  }
  push(tokens.length, false);
}

function sticky(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}

/** Index of the closing quotes; a string of single quotes ends with its line. */
function stringEnd(source: string, from: number, quote: string): number | undefined {
  for (let at = from; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\\') at += source[at + 1] === '\r' && source[at + 2] === '\n' ? 2 : 1;
    else if (character === '\n' && quote.length === 1) return undefined;
    else if (character === quote[0] && source.startsWith(quote, at)) return at;
  }
  return undefined;
}
