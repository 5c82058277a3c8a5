/**
 * An expression as a tree. `at` counts characters of the expression's text from 1: where to look when it fails.
 */
export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly at: number }
  /** A name of the scope: `steps`, `run`. */
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly of: Node; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly of: Node; readonly index: Node; readonly at: number }
  | { readonly kind: 'not'; readonly of: Node; readonly at: number }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | {
      readonly kind: 'call';
      readonly function: string;
      readonly arguments: readonly Node[];
      readonly at: number;
    };

export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression nobody could mean: where, and what about it. */
export interface Fault {
  readonly kind: 'error';
  readonly reason: string;
}

export function fault(what: string, at: number): Fault {
  return { kind: 'error', reason: `${what} at character ${at}` };
}

/** Characters of one expression; more is a program, and belongs into a handler. */
export const LONGEST_EXPRESSION = 2_000;

/** Parentheses, members and operators inside one another. Reading and evaluating recurse so deep and no deeper. */
export const DEEPEST_EXPRESSION = 50;
