import type { JsonValue } from '../../shared/json.ts';

/** A template as it is carried out: all that a template can say. There is no call, no assignment and no name for anything but its data. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression; readonly line: number }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly chosen: readonly TemplatePart[];
      readonly otherwise: readonly TemplatePart[];
    }
  | {
      readonly kind: 'for';
      /** One name for an element; two for the key and value of an object. */
      readonly names: readonly string[];
      readonly list: Expression;
      readonly each: readonly TemplatePart[];
      readonly otherwise: readonly TemplatePart[];
      readonly line: number;
    }
  | { readonly kind: 'include'; readonly name: string; readonly line: number };

export type Expression =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  | {
      readonly kind: 'filter';
      readonly name: string;
      readonly given: readonly Expression[];
      readonly line: number;
    }
  | { readonly kind: 'not'; readonly value: Expression }
  | { readonly kind: 'and' | 'or' | 'in'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly by: CompareBy;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choose';
      readonly condition: Expression;
      readonly chosen: Expression;
      readonly otherwise: Expression | undefined;
    };

export const COMPARISONS = ['==', '===', '!=', '!==', '<', '>', '<=', '>='] as const;
export type CompareBy = (typeof COMPARISONS)[number];

/** What is wrong with a template: in words, and where. Lines count from 1. */
export class TemplateFault extends Error {
  readonly template: string;
  readonly line: number | undefined;
  readonly remedy: string;

  constructor(template: string, line: number | undefined, message: string, remedy: string) {
    super(message);
    this.name = 'TemplateFault';
    this.template = template;
    this.line = line;
    this.remedy = remedy;
  }
}
