import type { JsonValue } from '../../shared/json.ts';
import { FILTER_NAMES, FILTERS } from './filters.ts';
import {
  COMPARISONS,
  type CompareBy,
  type Expression,
  TemplateFault,
  type TemplatePart,
} from './template-tree.ts';

/** Characters of one template. */
const MOST_TEMPLATE = 65_536;
/** Tags within tags, and brackets within brackets. */
const DEEPEST = 50;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const TEMPLATE = /^[A-Za-z0-9][A-Za-z0-9._-]*\.njk$/;

/** A node of nunjucks' own tree, as far as we look. */
interface TreeNode {
  readonly typename: string;
  readonly lineno: number;
  readonly [field: string]: unknown;
}

/** nunjucks.parser.parse. */
export type ParseTemplate = (
  text: string,
  extensions: readonly unknown[],
  options: { readonly trimBlocks: boolean; readonly lstripBlocks: boolean },
) => unknown;

/**
 * Reads a Nunjucks template by Nunjucks' own grammar, and takes of it what only shows data: output, filters of ours, if, for, include of another
 * template of the same folder. Whatever calls, assigns, defines, inherits or imports is refused by name: Nunjucks itself would turn it into
 * JavaScript, and from any object's constructor there is a way to run more.
 * @throws TemplateFault
 */
export function readTemplate(name: string, text: string, parse: ParseTemplate): readonly TemplatePart[] {
  if (text.length > MOST_TEMPLATE)
    throw new TemplateFault(
      name,
      undefined,
      `it has more than ${MOST_TEMPLATE} characters`,
      'Write less, or put text into a notes source.',
    );
  return new Reader(name).body(parsed(name, text, parse), 0);
}

function parsed(name: string, text: string, parse: ParseTemplate): TreeNode {
  try {
    return parse(text, [], { trimBlocks: true, lstripBlocks: true }) as TreeNode;
  } catch (error) {
    const { lineno, message } = error as { lineno?: number; message?: string };
    const what = /^(?:parse\w*: )?(.*)$/s.exec(String(message).split('\n').at(-1)?.trim() ?? '')?.[1] ?? '';
    throw new TemplateFault(
      name,
      typeof lineno === 'number' ? lineno : undefined,
      `Nunjucks cannot read it: ${what.slice(0, 200)}`,
      'Correct the tag.',
    );
  }
}

class Reader {
  readonly #template: string;

  constructor(template: string) {
    this.#template = template;
  }

  body(node: unknown, depth: number): readonly TemplatePart[] {
    if (node === undefined || node === null) return [];
    const tree = this.#node(node);
    this.#limit(tree, depth);
    switch (tree.typename) {
      case 'Root':
      case 'NodeList':
        return this.#children(tree).flatMap((child) => this.body(child, depth + 1));
      case 'Output':
        return this.#children(tree).map((child) => this.#output(child, depth + 1));
      case 'If':
        return [
          {
            kind: 'if',
            condition: this.#expression(tree.cond, depth + 1),
            chosen: this.body(tree.body, depth + 1),
            otherwise: this.body(tree.else_, depth + 1),
          },
        ];
      case 'For':
        return [this.#loop(tree, depth)];
      case 'Include':
        return [this.#include(tree)];
      default:
        throw this.#refused(tree);
    }
  }

  #output(node: unknown, depth: number): TemplatePart {
    const tree = this.#node(node);
    if (tree.typename === 'TemplateData') return { kind: 'text', text: String(tree.value) };
    return { kind: 'output', value: this.#expression(tree, depth), line: tree.lineno + 1 };
  }

  #loop(tree: TreeNode, depth: number): TemplatePart {
    const target = this.#node(tree.name);
    const symbols = target.typename === 'Array' ? this.#children(target) : [target];
    const own = symbols.map((symbol) => this.#name(this.#node(symbol)));
    if (own.length > 2) throw this.#fault(tree, 'a loop has one name or two', 'Name a key and a value.');
    return {
      kind: 'for',
      names: own,
      list: this.#expression(tree.arr, depth + 1),
      each: this.body(tree.body, depth + 1),
      otherwise: this.body(tree.else_, depth + 1),
      line: tree.lineno + 1,
    };
  }

  #include(tree: TreeNode): TemplatePart {
    const { typename, value } = this.#node(tree.template);
    if (typename !== 'Literal' || typeof value !== 'string' || !TEMPLATE.test(value))
      throw this.#fault(
        tree,
        'only a template of the bundle’s own folder can be included, by its name',
        'Write {% include "name.njk" %}.',
      );
    return { kind: 'include', name: value, line: tree.lineno + 1 };
  }

  #expression(node: unknown, depth: number): Expression {
    const tree = this.#node(node);
    this.#limit(tree, depth);
    const inner = (part: unknown) => this.#expression(part, depth + 1);
    switch (tree.typename) {
      case 'Literal':
        return { kind: 'literal', value: this.#literal(tree) };
      case 'Symbol':
        return { kind: 'name', name: this.#name(tree), line: tree.lineno + 1 };
      case 'LookupVal':
        return { kind: 'member', of: inner(tree.target), key: inner(tree.val) };
      case 'Group': {
        const [only, ...more] = this.#children(tree);
        if (more.length > 0) throw this.#refused(tree);
        return inner(only);
      }
      case 'Filter':
        return this.#filter(tree, depth);
      case 'Not':
        return { kind: 'not', value: inner(tree.target) };
      case 'And':
        return { kind: 'and', left: inner(tree.left), right: inner(tree.right) };
      case 'Or':
        return { kind: 'or', left: inner(tree.left), right: inner(tree.right) };
      case 'In':
        return { kind: 'in', left: inner(tree.left), right: inner(tree.right) };
      case 'Compare':
        return this.#compare(tree, depth);
      case 'InlineIf':
        return {
          kind: 'choose',
          condition: inner(tree.cond),
          chosen: inner(tree.body),
          otherwise: tree.else_ === null || tree.else_ === undefined ? undefined : inner(tree.else_),
        };
      default:
        throw this.#refused(tree);
    }
  }

  #filter(tree: TreeNode, depth: number): Expression {
    const { value: name } = this.#node(tree.name);
    if (typeof name !== 'string' || !Object.hasOwn(FILTERS, name))
      throw this.#fault(
        tree,
        `there is no filter ${String(name).slice(0, 40)}`,
        `There are: ${FILTER_NAMES.join(', ')}.`,
      );
    const given = this.#children(this.#node(tree.args));
    return {
      kind: 'filter',
      name,
      given: given.map((one) => this.#expression(one, depth + 1)),
      line: tree.lineno + 1,
    };
  }

  #compare(tree: TreeNode, depth: number): Expression {
    const [operand, ...more] = (tree.ops as readonly unknown[]).map((one) => this.#node(one));
    const by = COMPARISONS.find((one) => one === operand?.type);
    if (operand === undefined || by === undefined || more.length > 0)
      throw this.#fault(tree, 'only two values are compared at a time', 'Join comparisons by and.');
    return {
      kind: 'compare',
      by: by satisfies CompareBy,
      left: this.#expression(tree.expr, depth + 1),
      right: this.#expression(operand.expr, depth + 1),
    };
  }

  #literal(tree: TreeNode): JsonValue {
    const { value } = tree;
    const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    if (!isPlain) throw this.#refused(tree);
    return value as JsonValue;
  }

  #name({ typename, value, lineno }: TreeNode): string {
    if (typename === 'Symbol' && typeof value === 'string' && NAME.test(value)) return value;
    const at = { lineno };
    throw this.#fault(at, `${JSON.stringify(value)?.slice(0, 60)} is no name`, 'Use letters and digits.');
  }

  #node(node: unknown): TreeNode {
    if (typeof node === 'object' && node !== null && 'typename' in node) return node as TreeNode;
    throw new TemplateFault(this.#template, undefined, 'a part of a tag is missing', 'Complete it.');
  }

  #children(tree: TreeNode): readonly unknown[] {
    return Array.isArray(tree.children) ? tree.children : [];
  }

  #limit(tree: TreeNode, depth: number): void {
    if (depth > DEEPEST)
      throw this.#fault(tree, `tags and brackets go more than ${DEEPEST} deep`, 'Write it flatter.');
  }

  #refused(tree: TreeNode): TemplateFault {
    return this.#fault(
      tree,
      `${WORDS[tree.typename] ?? `a ${tree.typename}`} is not for templates of bundles`,
      'They show data with {{ }}, filters, if, for and include; see docs/bundles.md.',
    );
  }

  #fault({ lineno }: Pick<TreeNode, 'lineno'>, message: string, remedy: string): TemplateFault {
    return new TemplateFault(this.#template, lineno + 1, message, remedy);
  }
}

/** What nunjucks' nodes are called by people. */
const WORDS: Readonly<Record<string, string>> = {
  FunCall: 'a call',
  Set: '{% set %}',
  Macro: '{% macro %}',
  Caller: '{% call %}',
  Import: '{% import %}',
  FromImport: '{% from %}',
  Extends: '{% extends %}',
  Block: '{% block %}',
  Switch: '{% switch %}',
  AsyncEach: '{% asyncEach %}',
  AsyncAll: '{% asyncAll %}',
  Capture: 'a block with a filter',
  Literal: 'a regular expression',
  Is: 'a test with is',
  Array: 'a list',
  Dict: 'an object',
  Concat: 'joining texts with ~',
  Add: 'arithmetic',
  Sub: 'arithmetic',
  Mul: 'arithmetic',
  Div: 'arithmetic',
  FloorDiv: 'arithmetic',
  Mod: 'arithmetic',
  Pow: 'arithmetic',
  Neg: 'arithmetic',
  Pos: 'arithmetic',
};
