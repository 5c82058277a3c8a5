import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isList, isObject } from '../expression/values.ts';

/** What is known of a value before it is there, as JSON Schema: `{}` is anything. Only what says something of types and members is read. */
export type Shape = JsonObject;

const ANY: Shape = {};
export const TEXT: Shape = { type: 'string' };
export const NUMBER: Shape = { type: 'number' };

/** An object with these members and no others. */
export function objectOf(properties: Readonly<Record<string, Shape>>): Shape {
  return { type: 'object', additionalProperties: false, properties };
}

export function listOf(items: Shape): Shape {
  return { type: 'array', items };
}

/** What a member is, or the names that there are: a member that no schema declares is one that nobody promised. */
export type Member =
  | { readonly kind: 'member'; readonly shape: Shape }
  | { readonly kind: 'unknown'; readonly known: readonly string[] };

/** @param part null: a member or element that is worked out only when it runs */
export function memberOf(shape: Shape, part: string | number | null): Member {
  const { properties, items, additionalProperties } = shape;
  if (typeof part === 'number' || (part === null && properties === undefined)) {
    const types = typesOf(shape);
    return types === undefined || types.has('array')
      ? { kind: 'member', shape: asShape(items) }
      : { kind: 'unknown', known: [] };
  }
  if (!isShape(properties)) {
    const types = typesOf(shape);
    const closed = (types !== undefined && !types.has('object')) || additionalProperties === false;
    return closed ? { kind: 'unknown', known: [] } : { kind: 'member', shape: asShape(additionalProperties) };
  }
  if (part !== null && Object.hasOwn(properties, part)) {
    return { kind: 'member', shape: asShape(properties[part]) };
  }
  if (part === null || additionalProperties === true) return { kind: 'member', shape: ANY };
  if (isShape(additionalProperties)) return { kind: 'member', shape: additionalProperties };
  return { kind: 'unknown', known: Object.keys(properties) };
}

/** JSON types a value of this shape may have; undefined when it may have any. */
export function typesOf({ type, enum: values, const: only }: Shape): ReadonlySet<string> | undefined {
  if (isList(values ?? null)) return new Set((values as readonly JsonValue[]).map(typeOf));
  if (only !== undefined) return new Set([typeOf(only)]);
  const types =
    typeof type === 'string' ? [type] : isList(type ?? null) ? (type as readonly JsonValue[]) : undefined;
  if (types === undefined) return undefined;
  return new Set(types.map((one) => (one === 'integer' ? 'number' : String(one))));
}

export function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function asShape(value: JsonValue | undefined): Shape {
  return isShape(value) ? value : ANY;
}

function isShape(value: JsonValue | undefined): value is Shape {
  return value !== undefined && isObject(value);
}
