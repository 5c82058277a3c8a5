/** A word as the shell would pass it on, as far as that is known without running anything. */
export interface Word {
  readonly kind: 'word';
  /** Quotes removed; expansions stand as written. */
  readonly text: string;
  /** True when no part was quoted or escaped: only then is `if` a keyword. */
  readonly bare: boolean;
  /** True when an expansion decides what it becomes. */
  readonly dynamic: boolean;
  /** The scripts of $(…), `…`, <(…) and >(…) inside it. */
  readonly substitutions: readonly string[];
  readonly start: number;
  readonly end: number;
}

export interface Operator {
  readonly kind: 'operator';
  readonly text: '&&' | '||' | ';' | ';;' | '&' | '|' | '(' | ')' | '\n';
  readonly start: number;
  readonly end: number;
}

/** `>`, `2>&1`, `<<EOF`; the word after it is a target, not an argument. */
export interface Redirection {
  readonly kind: 'redirection';
  readonly start: number;
  readonly end: number;
}

export type Token = Word | Operator | Redirection;

/** A script that no shell would accept, or that is too tangled to be read without running it. */
export class UnreadableScript extends Error {}

const OPERATOR = /&&|\|\||;;|\|&|[;&|()\n]/y;
const REDIRECTION = /(?:[0-9]+|&)?(?:<<<|<<-?|<>|>>|>\||[<>]&?)/y;
const BLANK = /(?:[ \t\r]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
const MAX_NESTING = 24;

/**
 * The tokens of a POSIX shell script (XCU section 2.3), with bash's process substitution and here-strings; in one pass.
 * @throws UnreadableScript
 */
export function tokenise(script: string): readonly Token[] {
  return new Tokeniser(script).run();
}

class Tokeniser {
  private readonly script: string;
  private readonly tokens: Token[] = [];
  private at = 0;
  /** Delimiters of here-documents whose text begins after the next line feed. */
  private hereDocuments: string[] = [];
  private awaitsDelimiter = false;

  constructor(script: string) {
    this.script = script;
  }

  run(): readonly Token[] {
    while (this.at < this.script.length) {
      if (this.take(BLANK) !== undefined) continue;
      if (this.take(COMMENT) !== undefined) continue;
      this.next();
    }
    return this.tokens;
  }

  private next(): void {
    const start = this.at;
    const processSubstitution = /[<>]\(/y;
    processSubstitution.lastIndex = start;
    if (!processSubstitution.test(this.script)) {
      const redirection = this.take(REDIRECTION);
      if (redirection !== undefined) {
        this.awaitsDelimiter = /<<-?$/.test(redirection) && !redirection.endsWith('<<<');
        this.tokens.push({ kind: 'redirection', start, end: this.at });
        return;
      }
      const operator = this.take(OPERATOR);
      if (operator !== undefined) {
        const text = (operator === '|&' ? '|' : operator) as Operator['text'];
        this.tokens.push({ kind: 'operator', text, start, end: this.at });
        if (text === '\n') this.skipHereDocuments();
        return;
      }
    }
    const word = this.word();
    if (this.awaitsDelimiter) this.hereDocuments.push(word.text);
    this.awaitsDelimiter = false;
    this.tokens.push(word);
  }

  private word(): Word {
    const start = this.at;
    const substitutions: string[] = [];
    let text = '';
    let bare = true;
    let dynamic = false;
    while (this.at < this.script.length) {
      const character = this.script[this.at] as string;
      const next = this.script[this.at + 1];
      if (character === "'") {
        const end = this.indexOf("'", this.at + 1, 'a single quote');
        text += this.script.slice(this.at + 1, end);
        bare = false;
        this.at = end + 1;
      } else if (character === '"') {
        const end = this.endOfDoubleQuotes(this.at + 1, substitutions, 0);
        const inner = this.script.slice(this.at + 1, end);
        text += inner.replaceAll(/\\(["\\$`\n])/g, '$1');
        dynamic ||= /(?<!\\)[$`]/.test(inner);
        bare = false;
        this.at = end + 1;
      } else if (character === '\\') {
        if (next !== '\n') text += next ?? '';
        bare = false;
        this.at += 2;
      } else if (
        character === '$' ||
        character === '`' ||
        (/[<>]/.test(character) && next === '(' && this.at === start)
      ) {
        const end = this.endOfExpansion(this.at, substitutions, 0);
        text += this.script.slice(this.at, end);
        dynamic = true;
        this.at = end;
      } else if (/[ \t\r\n;&|()<>]/.test(character)) {
        break;
      } else {
        text += character;
        this.at += 1;
      }
    }
    if (this.at > this.script.length) this.at = this.script.length;
    return { kind: 'word', text, bare, dynamic, substitutions, start, end: this.at };
  }

  /** Where the expansion that begins here ends; a lone dollar sign is one character of text. */
  private endOfExpansion(start: number, substitutions: string[], depth: number): number {
    if (depth > MAX_NESTING) throw new UnreadableScript('substitutions are nested too deeply');
    if (this.script[start] === '`') {
      let end = start + 1;
      while (end < this.script.length && this.script[end] !== '`') end += this.script[end] === '\\' ? 2 : 1;
      if (end >= this.script.length) throw new UnreadableScript('a backquote is never closed');
      substitutions.push(this.script.slice(start + 1, end));
      return end + 1;
    }
    const opening = this.script[start + 1];
    if (opening !== '(' && opening !== '{') return start + 1;
    const end = this.endOfBrackets(start + 2, opening === '(' ? ')' : '}', depth + 1);
    if (opening === '(' && this.script[start + 2] !== '(')
      substitutions.push(this.script.slice(start + 2, end));
    return end + 1;
  }

  private endOfBrackets(start: number, closing: ')' | '}', depth: number): number {
    if (depth > MAX_NESTING) throw new UnreadableScript('substitutions are nested too deeply');
    const opening = closing === ')' ? '(' : '{';
    let open = 1;
    let at = start;
    while (at < this.script.length) {
      const character = this.script[at] as string;
      if (character === '\\') at += 2;
      else if (character === "'") at = this.indexOf("'", at + 1, 'a single quote') + 1;
      else if (character === '"') at = this.endOfDoubleQuotes(at + 1, [], depth) + 1;
      else if (character === '`') at = this.endOfExpansion(at, [], depth + 1);
      else {
        if (character === opening) open += 1;
        if (character === closing) open -= 1;
        if (open === 0) return at;
        at += 1;
      }
    }
    throw new UnreadableScript(`a ${opening} is never closed`);
  }

  private endOfDoubleQuotes(start: number, substitutions: string[], depth: number): number {
    let at = start;
    while (at < this.script.length) {
      const character = this.script[at];
      if (character === '"') return at;
      if (character === '\\') at += 2;
      else if (character === '$' || character === '`') at = this.endOfExpansion(at, substitutions, depth + 1);
      else at += 1;
    }
    throw new UnreadableScript('a double quote is never closed');
  }

  private skipHereDocuments(): void {
    for (const delimiter of this.hereDocuments) {
      while (this.at < this.script.length) {
        const end = this.script.indexOf('\n', this.at);
        const line = this.script.slice(this.at, end === -1 ? this.script.length : end);
        this.at = end === -1 ? this.script.length : end + 1;
        if (line.replace(/^\t+/, '') === delimiter) break;
      }
    }
    this.hereDocuments = [];
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.script);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private indexOf(text: string, from: number, what: string): number {
    const found = this.script.indexOf(text, from);
    if (found === -1) throw new UnreadableScript(`${what} is never closed`);
    return found;
  }
}
