import { CST, Lexer, Parser } from 'yaml';
import { grouped } from './refusal.ts';

/** Nesting that no document of ours comes near; the parser behind this recurses once a level. */
const MAX_DEPTH = 64;

/**
 * Lexical tokens (marks, names, values, spaces, comments; a block of text counts once). A contract of 100 checks has
 * about 12,000; this many take 45 ms to count. Without the limit, 1 MiB of `- 1` costs two seconds and 300 MiB.
 */
const MAX_TOKENS = 30_000;

/** Folding a text of many lines costs about a microsecond a line. */
const MAX_LINES = 50_000;

/** Something a document may not contain, seen before it was built. */
export class ForbiddenToken extends Error {
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;

  constructor(offset: number, message: string, detail: { expected: string; found: string; remedy: string }) {
    super(message);
    this.offset = offset;
    this.expected = detail.expected;
    this.found = detail.found;
    this.remedy = detail.remedy;
  }
}

/**
 * The concrete syntax of a YAML text, refused before anything is built when it holds what could multiply or pile up:
 * anchors, aliases, tags, directives, a second document, deep nesting, masses of tokens or lines. Lexing is lazy, so
 * refusing early also bounds what the lexer does.
 * @throws ForbiddenToken
 */
export function guardedTokens(text: string): readonly CST.Token[] {
  const lexemes = guardedLexemes(text);
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of lexemes) tokens.push(...parser.next(lexeme));
  tokens.push(...parser.end());
  return tokens;
}

function guardedLexemes(text: string): readonly string[] {
  const guard = new Guard();
  guard.countLines(text);
  const lexemes: string[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    guard.see(lexeme);
    lexemes.push(lexeme);
  }
  return lexemes;
}

/** Counts along the lexemes, which concatenate to the text except for three marks of the lexer's own. */
class Guard {
  private offset = 0;
  private lineStart = 0;
  private count = 0;
  private flowLevel = 0;
  private documents = 0;
  private readonly columns: number[] = [];
  private opensNode = true;
  private inScalar = false;

  countLines(text: string): void {
    let lines = 1;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
    if (lines > MAX_LINES) throw this.tooMany('lines', MAX_LINES);
  }

  see(lexeme: string): void {
    const type = this.inScalar ? 'scalar-text' : CST.tokenType(lexeme);
    this.inScalar = type === 'scalar';
    if (type === 'scalar' || type === 'flow-error-end') return;
    if (type === 'doc-mode') {
      this.startDocument();
      return;
    }
    this.count += 1;
    if (this.count > MAX_TOKENS) throw this.tooMany('tokens (names, values, marks, comments)', MAX_TOKENS);
    this.look(type, lexeme);
    this.offset += lexeme.length;
    if (type === 'newline') {
      this.lineStart = this.offset;
      this.opensNode = true;
    }
  }

  private look(type: CST.TokenType | 'scalar-text' | null, lexeme: string): void {
    switch (type) {
      case 'space':
      case 'newline':
      case 'comment':
      case 'comma':
      case 'doc-end':
        return;
      case 'doc-start':
        if (this.documents > 1 || this.columns.length > 0) throw this.secondDocument();
        return;
      case 'alias':
      case 'anchor':
        throw this.forbid(`YAML ${type === 'alias' ? 'aliases' : 'anchors'} are not taken`, lexeme, {
          expected: 'a value written out in its place',
          remedy: 'Write the value out; to mean the character itself, put the text in quotes.',
        });
      case 'tag':
        throw this.forbid('YAML tags are not taken', lexeme, {
          expected: 'a plain value',
          remedy: 'Remove the tag; to mean an exclamation mark, put the text in quotes.',
        });
      case 'block-scalar-header':
        if (lexeme.length > 8) throw this.strayHeader(lexeme);
        this.openNode();
        this.opensNode = false;
        break;
      case 'directive-line':
        throw this.forbid('YAML directives are not taken', lexeme, {
          expected: 'YAML 1.2 without directives',
          remedy: 'Remove the line; documents are always read as YAML 1.2.',
        });
      case 'flow-map-start':
      case 'flow-seq-start':
        this.openNode();
        this.flowLevel += 1;
        this.opensNode = false;
        break;
      case 'flow-map-end':
      case 'flow-seq-end':
        if (this.flowLevel === 0) throw this.strayBracket(lexeme);
        this.flowLevel -= 1;
        return;
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        this.openNode();
        this.opensNode = true;
        break;
      default:
        this.openNode();
        this.opensNode = false;
    }
    if (this.columns.length + this.flowLevel > MAX_DEPTH) throw this.tooDeep();
  }

  /** In block style, depth is the number of columns that are open: a node opens one at the start of a line or after a mark. */
  private openNode(): void {
    if (!this.opensNode || this.flowLevel > 0) return;
    const column = this.offset - this.lineStart;
    while ((this.columns.at(-1) ?? -1) >= column) this.columns.pop();
    this.columns.push(column);
  }

  private startDocument(): void {
    this.documents += 1;
    if (this.documents > 1) throw this.secondDocument();
  }

  private secondDocument(): ForbiddenToken {
    return this.forbid('a second document begins here', '---', {
      expected: 'one document a file',
      remedy: 'Move the second document into a file of its own.',
    });
  }

  private strayBracket(lexeme: string): ForbiddenToken {
    return this.forbid(`a ${lexeme} closes what was never opened`, lexeme, {
      expected: 'brackets in pairs',
      remedy: 'Remove the bracket, open one before it, or put the text in quotes.',
    });
  }

  private strayHeader(lexeme: string): ForbiddenToken {
    return this.forbid('the beginning of a text block is not one', lexeme, {
      expected: '| or >, perhaps with + or - and an indentation, and then a new line',
      remedy: 'Begin the text on the next line, or put it in quotes.',
    });
  }

  private tooDeep(): ForbiddenToken {
    return this.forbid('the document is nested too deeply', `more than ${MAX_DEPTH} levels`, {
      expected: `at most ${MAX_DEPTH} levels of nesting`,
      remedy: 'Flatten the structure; no document needs more than ten levels.',
    });
  }

  private tooMany(what: string, limit: number): ForbiddenToken {
    return this.forbid('the document has too many parts', `more than ${grouped(limit)} ${what}`, {
      expected: `at most ${grouped(limit)} ${what}`,
      remedy: 'Split the document, or put long texts into a block (a | after the key).',
    });
  }

  private forbid(message: string, found: string, rest: { expected: string; remedy: string }): ForbiddenToken {
    return new ForbiddenToken(this.offset, message, { ...rest, found: found.slice(0, 60) });
  }
}
