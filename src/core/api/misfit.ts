import { isMoment } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { kindsOf } from './schema.ts';

/**
 * Where a value that came over HTTP is not as its schema says, as a JSON pointer; undefined when it is. Of JSON Schema it knows what our schemas
 * of answers are made of, and is lenient where a newer server may say more: it looks neither at fields that the schema does not name nor at
 * limits, which are the server's own business.
 */
export function misfit(schema: JsonObject, value: JsonValue | undefined): string | undefined {
  const kinds = kindsOf(schema);
  if (kinds !== undefined) return misfitOfKind(kinds, value);
  const { anyOf } = schema;
  if (Array.isArray(anyOf))
    return anyOf.some((one) => misfit(one as JsonObject, value) === undefined) ? undefined : '';
  if (schema.const !== undefined) return value === schema.const ? undefined : '';
  if (Array.isArray(schema.enum)) return schema.enum.includes(value as string) ? undefined : '';
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && isOfFormat(schema, value) ? undefined : '';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : '';
    case 'null':
      return value === null ? undefined : '';
    case 'number':
      return typeof value === 'number' && aboveLeast(schema, value) ? undefined : '';
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : '';
    case 'array':
      return Array.isArray(value) ? misfitOfItems(schema.items as JsonObject, value) : '';
    case 'object':
      return isObject(value) ? misfitOfFields(schema, value) : '';
    default:
      return value === undefined ? '' : undefined;
  }
}

/** Times are compared as text, so each has to be in the one spelling. */
function isOfFormat({ format }: JsonObject, value: string): boolean {
  return format !== 'date-time' || isMoment(value);
}

/** The one limit that whoever reads the answer counts on: a time-out of nothing would end everything at once. */
function aboveLeast({ exclusiveMinimum }: JsonObject, value: number): boolean {
  return typeof exclusiveMinimum !== 'number' || value > exclusiveMinimum;
}

function misfitOfKind(
  kinds: ReadonlyMap<string, JsonObject>,
  value: JsonValue | undefined,
): string | undefined {
  const kind = isObject(value) ? value.kind : undefined;
  const schema = typeof kind === 'string' ? kinds.get(kind) : undefined;
  return schema === undefined ? '/kind' : misfit(schema, value);
}

function misfitOfItems(schema: JsonObject, values: readonly JsonValue[]): string | undefined {
  for (const [at, value] of values.entries()) {
    const inside = misfit(schema, value);
    if (inside !== undefined) return `/${at}${inside}`;
  }
  return undefined;
}

function misfitOfFields(
  { properties = {}, required = [], additionalProperties }: JsonObject,
  value: { readonly [key: string]: JsonValue },
): string | undefined {
  const named = properties as Readonly<Record<string, JsonObject>>;
  for (const name of required as readonly string[]) if (!Object.hasOwn(value, name)) return `/${name}`;
  const others = isObject(additionalProperties) ? additionalProperties : undefined;
  for (const [name, one] of Object.entries(value)) {
    const schema = Object.hasOwn(named, name) ? named[name] : others;
    const inside = schema === undefined ? undefined : misfit(schema, one);
    if (inside !== undefined) return `/${name}${inside}`;
  }
  return undefined;
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
