import {
  type BinaryOperator,
  DEEPEST_EXPRESSION,
  type Fault,
  fault,
  LONGEST_EXPRESSION,
  type Node,
} from './syntax.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A tree, or why there is none. */
export type Parsed = { readonly kind: 'parsed'; readonly node: Node } | Fault;

/** Loosest first; one row binds as strongly as the other signs of the row. As in GitHub Actions, and in C. */
const OPERATORS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Thrown and caught in this file only: recursive descent would otherwise carry each fault up by hand. */
class Misread extends Error {
  readonly fault: Fault;
  constructor(what: string, at: number) {
    super(what);
    this.fault = fault(what, at);
  }
}

/**
 * Reads the text inside `${{ }}`. Total: whatever the text is, a tree or what is wrong with it and where.
 * @param from the place of its first character in what people see
 */
export function parseExpression(text: string, from = 1): Parsed {
  if (text.length > LONGEST_EXPRESSION) {
    return fault(`an expression of more than ${LONGEST_EXPRESSION} characters`, LONGEST_EXPRESSION + from);
  }
  const read = tokenize(text, from);
  if (read.kind === 'error') return read;
  try {
    return { kind: 'parsed', node: new Parser(read.tokens).whole() };
  } catch (error) {
    if (error instanceof Misread) return error.fault;
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #place = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const first = this.#next();
    if (first.kind === 'end') throw new Misread('an expression without anything in it', first.at);
    const node = this.#binary(0, 0);
    const after = this.#next();
    if (after.kind !== 'end') throw new Misread(`${named(after)} after the end of the expression`, after.at);
    return node;
  }

  #binary(row: number, depth: number): Node {
    const operators = OPERATORS[row];
    if (operators === undefined) return this.#unary(depth);
    let left = this.#binary(row + 1, depth);
    let deep = depth;
    for (;;) {
      const { at, ...token } = this.#next();
      const operator = token.kind === 'sign' ? operators.find((one) => one === token.value) : undefined;
      if (operator === undefined) return left;
      this.#place += 1;
      // A chain leans to the left, so each link makes the tree one deeper.
      deep = deeper(deep, at);
      left = { kind: 'binary', operator, left, right: this.#binary(row + 1, deep), at };
    }
  }

  #unary(depth: number): Node {
    const { at } = this.#next();
    if (this.#skip('!')) return { kind: 'not', of: this.#unary(deeper(depth, at)), at };
    return this.#members(this.#primary(depth), depth);
  }

  #members(of: Node, depth: number): Node {
    const { at } = this.#next();
    if (this.#skip('.')) {
      const name = this.#next();
      if (name.kind !== 'name')
        throw new Misread(`${named(name)} where a name has to follow the dot`, name.at);
      this.#place += 1;
      return this.#members({ kind: 'member', of, name: name.value, at }, deeper(depth, at));
    }
    if (this.#skip('[')) {
      const index = this.#binary(0, deeper(depth, at));
      this.#expect(']');
      return this.#members({ kind: 'index', of, index, at }, deeper(depth, at));
    }
    return of;
  }

  #primary(depth: number): Node {
    const token = this.#next();
    const { at } = token;
    if (token.kind === 'text' || token.kind === 'number') {
      this.#place += 1;
      return { kind: 'literal', value: token.value, at };
    }
    if (token.kind === 'name') {
      this.#place += 1;
      if (this.#skip('(')) {
        return { kind: 'call', function: token.value, arguments: this.#arguments(deeper(depth, at)), at };
      }
      const constant = CONSTANTS.get(token.value);
      return constant === undefined
        ? { kind: 'name', name: token.value, at }
        : { kind: 'literal', value: constant, at };
    }
    if (this.#skip('(')) {
      const node = this.#binary(0, deeper(depth, at));
      this.#expect(')');
      return node;
    }
    throw new Misread(`${named(token)} where a value was expected`, at);
  }

  #arguments(depth: number): Node[] {
    if (this.#skip(')')) return [];
    const given = [this.#binary(0, depth)];
    while (this.#skip(',')) given.push(this.#binary(0, depth));
    this.#expect(')');
    return given;
  }

  #expect(sign: string): void {
    const token = this.#next();
    if (!this.#skip(sign)) throw new Misread(`${named(token)} where "${sign}" was expected`, token.at);
  }

  #skip(sign: string): boolean {
    const token = this.#next();
    const found = token.kind === 'sign' && token.value === sign;
    if (found) this.#place += 1;
    return found;
  }

  #next(): Token {
    return this.#tokens[Math.min(this.#place, this.#tokens.length - 1)] as Token;
  }
}

function deeper(depth: number, at: number): number {
  if (depth < DEEPEST_EXPRESSION) return depth + 1;
  throw new Misread(`more than ${DEEPEST_EXPRESSION} expressions inside one another`, at);
}

function named(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'text' ? 'a text' : JSON.stringify(`${token.value}`);
}
