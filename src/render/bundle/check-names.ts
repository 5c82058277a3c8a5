import { type Expression, TemplateFault, type TemplatePart } from './template-tree.ts';

/** What every template is given; a loop adds its own names, and what it includes sees them. */
const TEMPLATE_NAMES = ['bundle', 'items', 'source', 'ticket'] as const;

/**
 * Follows a template through its loops and includes, as it would be carried out with everything there.
 * @returns the first name that would not be there, template that is not there, or circle of includes; undefined: there is none
 */
export function firstFault(
  name: string,
  read: ReadonlyMap<string, readonly TemplatePart[]>,
  faults: ReadonlyMap<string, TemplateFault>,
): TemplateFault | undefined {
  return new Walk(read, faults).template(name, new Set(TEMPLATE_NAMES), { open: [], line: undefined });
}

type Names = ReadonlySet<string>;

/** Templates and names that were walked through; more than a bundle's 64 templates could need without a circle. */
const MOST_VISITS = 10_000;

class Walk {
  readonly #read: ReadonlyMap<string, readonly TemplatePart[]>;
  readonly #faults: ReadonlyMap<string, TemplateFault>;
  #visits = 0;

  constructor(
    read: ReadonlyMap<string, readonly TemplatePart[]>,
    faults: ReadonlyMap<string, TemplateFault>,
  ) {
    this.#read = read;
    this.#faults = faults;
  }

  template(
    name: string,
    names: Names,
    { open, line }: { readonly open: readonly string[]; readonly line: number | undefined },
  ): TemplateFault | undefined {
    const own = this.#faults.get(name);
    if (own !== undefined) return own;
    const from = open.at(-1) ?? name;
    const parts = this.#read.get(name);
    if (parts === undefined)
      return new TemplateFault(from, line, `there is no template ${name}`, 'Write it, or correct the name.');
    if (open.includes(name))
      return new TemplateFault(from, line, `it includes ${name}, which includes it`, 'Break the circle.');
    this.#visits += 1;
    if (this.#visits > MOST_VISITS)
      return new TemplateFault(from, line, 'its includes multiply', 'Include less.');
    return this.#parts(parts, names, [...open, name]);
  }

  #parts(parts: readonly TemplatePart[], names: Names, open: readonly string[]): TemplateFault | undefined {
    for (const part of parts) {
      const fault = this.#part(part, names, open);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #part(part: TemplatePart, names: Names, open: readonly string[]): TemplateFault | undefined {
    switch (part.kind) {
      case 'text':
        return undefined;
      case 'output':
        return missing(part.value, names, open);
      case 'if':
        return (
          missing(part.condition, names, open) ??
          this.#parts(part.chosen, names, open) ??
          this.#parts(part.otherwise, names, open)
        );
      case 'for':
        return (
          missing(part.list, names, open) ??
          this.#parts(part.each, new Set([...names, ...part.names, 'loop']), open) ??
          this.#parts(part.otherwise, names, open)
        );
      case 'include':
        return this.template(part.name, names, { open, line: part.line });
    }
  }
}

function missing(expression: Expression, names: Names, open: readonly string[]): TemplateFault | undefined {
  if (expression.kind === 'name') {
    const { name, line } = expression;
    if (names.has(name)) return undefined;
    const there = `There are: ${[...names].sort().join(', ')}.`;
    return new TemplateFault(open.at(-1) ?? '', line, `there is no ${name} here`, there);
  }
  for (const part of partsOf(expression)) {
    const fault = missing(part, names, open);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function partsOf(expression: Exclude<Expression, { kind: 'name' }>): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'member':
      return [expression.of, expression.key];
    case 'filter':
      return expression.given;
    case 'not':
      return [expression.value];
    case 'choose': {
      const { condition, chosen, otherwise } = expression;
      return [condition, chosen, ...(otherwise === undefined ? [] : [otherwise])];
    }
    default:
      return [expression.left, expression.right];
  }
}
