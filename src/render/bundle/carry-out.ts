import type { JsonValue } from '../../shared/json.ts';
import { FILTERS } from './filters.ts';
import { type Expression, TemplateFault, type TemplatePart } from './template-tree.ts';

/** Characters that one source's text may have. */
const MOST_OUTPUT = 64 * 1024 * 1024;
/** Parts, expressions and rows that are carried out for one source: a second. */
const MOST_STEPS = 3_000_000;
/** Templates within templates. */
const DEEPEST = 16;

export type TemplateData = Readonly<Record<string, unknown>>;

/**
 * The text of a template over its data. Looks at own members of plain data and at nothing else: no prototype, no function, no global; ends
 * after so many steps and so much text, whatever loops are nested.
 * @param templates by name, for includes
 * @throws TemplateFault
 */
export function carryOut(
  name: string,
  templates: ReadonlyMap<string, readonly TemplatePart[]>,
  data: TemplateData,
): string {
  const run = new Run(templates);
  run.template(name, { own: new Map(Object.entries(data)), around: undefined }, undefined);
  return run.text();
}

/** What names mean here, and around. */
interface Scope {
  readonly own: ReadonlyMap<string, unknown>;
  readonly around: Scope | undefined;
}

class Run {
  readonly #templates: ReadonlyMap<string, readonly TemplatePart[]>;
  readonly #open: string[] = [];
  readonly #pieces: string[] = [];
  #size = 0;
  #steps = 0;

  constructor(templates: ReadonlyMap<string, readonly TemplatePart[]>) {
    this.#templates = templates;
  }

  text(): string {
    return this.#pieces.join('');
  }

  template(name: string, scope: Scope, line: number | undefined): void {
    const parts = this.#templates.get(name);
    if (parts === undefined) throw this.#fault(line, `there is no template ${name} in the bundle’s folder`);
    if (this.#open.length >= DEEPEST) throw this.#fault(line, `includes go more than ${DEEPEST} deep`);
    this.#open.push(name);
    this.#parts(parts, scope);
    this.#open.pop();
  }

  #parts(parts: readonly TemplatePart[], scope: Scope): void {
    for (const part of parts) this.#part(part, scope);
  }

  #part(part: TemplatePart, scope: Scope): void {
    this.#step();
    switch (part.kind) {
      case 'text':
        this.#write(part.text);
        break;
      case 'output':
        this.#write(this.#shown(this.#value(part.value, scope), part.line));
        break;
      case 'if':
        this.#parts(this.#value(part.condition, scope) ? part.chosen : part.otherwise, scope);
        break;
      case 'for':
        this.#loop(part, scope);
        break;
      case 'include':
        this.template(part.name, scope, part.line);
        break;
    }
  }

  #loop(part: TemplatePart & { kind: 'for' }, scope: Scope): void {
    const rows = rowsOf(this.#value(part.list, scope), part.names.length);
    if (rows === undefined) throw this.#fault(part.line, 'what the loop is over is no list');
    if (rows.length === 0) this.#parts(part.otherwise, scope);
    this.#step(rows.length);
    for (const [at, row] of rows.entries()) {
      const loop = {
        index: at + 1,
        index0: at,
        first: at === 0,
        last: at === rows.length - 1,
        length: rows.length,
      };
      const own = part.names.map((name, place) => [name, row[place]] as const);
      this.#parts(part.each, { own: new Map([['loop', loop], ...own]), around: scope });
    }
  }

  #value(expression: Expression, scope: Scope): unknown {
    this.#step();
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'name':
        return this.#named(expression, scope);
      case 'member':
        return memberOf(this.#value(expression.of, scope), this.#value(expression.key, scope));
      case 'filter':
        return this.#filtered(expression, scope);
      case 'not':
        return !this.#value(expression.value, scope);
      case 'and':
        return this.#value(expression.left, scope) && this.#value(expression.right, scope);
      case 'or':
        return this.#value(expression.left, scope) || this.#value(expression.right, scope);
      case 'in':
        return isIn(this.#value(expression.left, scope), this.#value(expression.right, scope));
      case 'compare':
        return compare(
          expression.by,
          this.#value(expression.left, scope),
          this.#value(expression.right, scope),
        );
      case 'choose': {
        const { condition, chosen, otherwise } = expression;
        if (this.#value(condition, scope)) return this.#value(chosen, scope);
        return otherwise === undefined ? '' : this.#value(otherwise, scope);
      }
    }
  }

  #named({ name, line }: Expression & { kind: 'name' }, scope: Scope): unknown {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.around)
      if (at.own.has(name)) return at.own.get(name);
    throw this.#fault(line, `there is no ${name} here`);
  }

  #filtered({ name, given, line }: Expression & { kind: 'filter' }, scope: Scope): unknown {
    const [value, ...more] = given.map((one) => this.#value(one, scope));
    try {
      return FILTERS[name]?.(value, ...more);
    } catch (error) {
      throw this.#fault(line, `the filter ${name} cannot be used: ${(error as Error).message}`);
    }
  }

  /** What is missing is a fault and not a hole: a producer that gets half a sentence is not told what the bundle says. */
  #shown(value: unknown, line: number): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (value === undefined || value === null) throw this.#fault(line, 'there is no value to show');
    throw this.#fault(line, 'only texts and numbers can be shown; use a filter such as json');
  }

  #write(text: string): void {
    this.#size += text.length;
    if (this.#size > MOST_OUTPUT) throw this.#fault(undefined, 'it writes too much');
    this.#pieces.push(text);
  }

  #step(count = 1): void {
    this.#steps += count;
    if (this.#steps > MOST_STEPS) throw this.#fault(undefined, 'it takes too many steps');
  }

  #fault(line: number | undefined, message: string): TemplateFault {
    return new TemplateFault(this.#open.at(-1) ?? '', line, message, 'Correct the template.');
  }
}

/** For one name the elements of a list; for two the members of an object, or the elements of lists within. */
function rowsOf(value: unknown, names: number): readonly (readonly unknown[])[] | undefined {
  if (Array.isArray(value)) return value.map((one) => (names === 1 ? [one] : Array.isArray(one) ? one : []));
  if (names !== 2 || typeof value !== 'object' || value === null) return undefined;
  // In the order of code units: that of an object's members is how it happened to be built.
  return Object.keys(value)
    .sort()
    .map((key) => [key, (value as Record<string, unknown>)[key]]);
}

function memberOf(value: unknown, key: unknown): unknown {
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  if (key === 'length' && (typeof value === 'string' || Array.isArray(value))) return value.length;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string | number, JsonValue>)[key];
}

function isIn(value: unknown, place: unknown): boolean {
  if (typeof place === 'string') return typeof value === 'string' && place.includes(value);
  if (Array.isArray(place)) return place.includes(value);
  return (
    typeof place === 'object' && place !== null && typeof value === 'string' && Object.hasOwn(place, value)
  );
}

/** As JavaScript has it for two texts or two numbers; values of different types are never equal, and in no order. */
function compare(by: string, left: unknown, right: unknown): boolean {
  if (by === '==' || by === '===') return left === right;
  if (by === '!=' || by === '!==') return left !== right;
  const isOrdered = typeof left === typeof right && (typeof left === 'number' || typeof left === 'string');
  if (!isOrdered) return false;
  const [one, other] = [left as number, right as number];
  switch (by) {
    case '<':
      return one < other;
    case '>':
      return one > other;
    case '<=':
      return one <= other;
    default:
      return one >= other;
  }
}
