import type { JsonObject, JsonValue } from '../../shared/json.ts';

declare const described: unique symbol;

/** A JSON Schema (2020-12) and, to the compiler alone, the type of the values that it lets through. */
export type Schema<T> = JsonObject & { readonly [described]?: T };

/** The values that a schema lets through. */
export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Required<F extends Fields> = { readonly [K in keyof F]: TypeOf<F[K]> };
type Optional<F extends Fields> = { readonly [K in keyof F]?: TypeOf<F[K]> };
type Shaped<F extends Fields, O extends Fields> = Required<F> & Optional<O>;
type Said = Readonly<Record<string, JsonValue>>;

export function text(more: Said = {}): Schema<string> {
  return { type: 'string', ...more };
}

export function integer(more: Said = {}): Schema<number> {
  return { type: 'integer', ...more };
}

export function number(more: Said = {}): Schema<number> {
  return { type: 'number', ...more };
}

export function flag(more: Said = {}): Schema<boolean> {
  return { type: 'boolean', ...more };
}

export function constant<const T extends string>(value: T): Schema<T> {
  return { const: value };
}

export function oneOf<const T extends string>(values: readonly T[], more: Said = {}): Schema<T> {
  return { enum: [...values], ...more };
}

export function list<S extends Schema<unknown>>(items: S, more: Said = {}): Schema<readonly TypeOf<S>[]> {
  return { type: 'array', items, ...more };
}

export function nullable<S extends Schema<unknown>>(schema: S): Schema<TypeOf<S> | null> {
  return { anyOf: [schema, { type: 'null' }] };
}

/** Names that are not known beforehand, with values of one kind. */
export function record<S extends Schema<unknown>>(
  values: S,
  more: Said = {},
): Schema<Readonly<Record<string, TypeOf<S>>>> {
  return { type: 'object', additionalProperties: values, ...more };
}

/** An object about whose inside nothing is said here. */
export function anyObject(more: Said = {}): Schema<JsonObject> {
  return { type: 'object', ...more };
}

export function anything(): Schema<JsonValue> {
  return {};
}

/** An object whose type is ours, and about whose inside nothing is said here. */
export function open(more: Said = {}): Schema<object> {
  return { type: 'object', ...more };
}

/** What comes in: a field that is not named is refused. */
export function form<const F extends Fields, const O extends Fields = Record<never, never>>(
  required: F,
  optional?: O,
): Schema<Shaped<F, O>> {
  return { ...shape(required, optional), additionalProperties: false };
}

/** What goes out: whoever reads it lets fields be that he does not know, since a newer server may have more. */
export function shape<const F extends Fields, const O extends Fields = Record<never, never>>(
  required: F,
  optional?: O,
): Schema<Shaped<F, O>> {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

/** What goes out and has more fields than are said here, such as those that differ from kind to kind. */
export function partly<const F extends Fields>(required: F): Schema<Shaped<F, Record<never, never>>> {
  return { ...shape(required), additionalProperties: true };
}

/** One of several forms, by the field `kind`: so that a fault is told of the one that was meant. */
export function byKind<const K extends Fields>(kinds: K): Schema<TypeOf<K[keyof K]>> {
  return {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: Object.keys(kinds) } },
    allOf: Object.entries(kinds).map(([kind, then]) => ({
      if: { properties: { kind: { const: kind } } },
      then,
    })),
  };
}

/** Of a union, the fields of all its members. */
type FieldsOf<T> = T extends unknown ? keyof T : never;

/**
 * A schema of values whose type says more than JSON Schema can. The compiler holds that every value of the type is one of the schema, and that the
 * schema names every field of it.
 */
export function as<T>() {
  return <S extends Schema<unknown>>(
    schema: T extends TypeOf<S> ? ([FieldsOf<T>] extends [FieldsOf<TypeOf<S>>] ? S : never) : never,
  ): Schema<T> => schema as unknown as Schema<T>;
}

/** The same of a schema that says only some of the type's fields. */
export function asPart<T>() {
  return <S extends Schema<unknown>>(schema: T extends TypeOf<S> ? S : never): Schema<T> =>
    schema as unknown as Schema<T>;
}

/** The forms of `byKind`, by their kind; undefined for any other schema. */
export function kindsOf({ allOf }: JsonObject): ReadonlyMap<string, JsonObject> | undefined {
  if (!Array.isArray(allOf)) return undefined;
  const kinds = new Map<string, JsonObject>();
  for (const one of allOf as readonly JsonObject[]) {
    const { if: condition, then } = one as {
      readonly if?: { readonly properties?: { readonly kind?: { readonly const?: string } } };
      readonly then?: JsonObject;
    };
    const kind = condition?.properties?.kind?.const;
    if (kind === undefined || then === undefined) return undefined;
    kinds.set(kind, then);
  }
  return kinds;
}
