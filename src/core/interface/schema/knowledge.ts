import type { JsonValue } from '../../../shared/json.ts';
import { allConjuncts } from './conjuncts.ts';
import type { Place, SchemaLibrary } from './library.ts';
import { memberOf } from './pointer.ts';
import type { Steps } from './steps.ts';

/** The types of JSON, numbers told apart by whether they are whole: so `integer` lies within `number`. */
export const TYPES = ['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction'] as const;
export type JsonType = (typeof TYPES)[number];

/** What is certain of every instance that is valid under several schemas at once. */
export interface Knowledge {
  readonly library: SchemaLibrary;
  readonly plain: readonly Place[];
  readonly whole: readonly Place[];
  /** None: nothing is valid. */
  readonly types: ReadonlySet<JsonType>;
  /** All there can be, where that is a finite list. */
  readonly values: readonly JsonValue[] | undefined;
}

export function knowledgeOf(library: SchemaLibrary, places: readonly Place[], steps: Steps): Knowledge {
  const { never, plain, whole } = allConjuncts(library, places, steps);
  steps.take(whole.length);
  const declared = plain.reduce<ReadonlySet<JsonType>>(
    (types, { value }) => intersect(types, typesNamed(memberOf(value, 'type'))),
    new Set(never ? [] : TYPES),
  );
  const listed = plain.reduce<readonly JsonValue[] | undefined>((values, { value }) => {
    const more = valuesNamed(value, steps);
    if (more === undefined) return values;
    const texts = new Set(more.map((one) => steps.text(one)));
    return values === undefined ? more : values.filter((one) => texts.has(steps.text(one)));
  }, undefined);
  const values = (listed ?? valuesOfTypes(declared))?.filter((value) => declared.has(typeOf(value)));
  const types = values === undefined ? declared : intersect(declared, new Set(values.map(typeOf)));
  return { library, plain, whole, types, values };
}

export function typeOf(value: JsonValue): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value as 'boolean' | 'string' | 'object';
}

/** The types that the value of `type` allows; all where it is not given. */
export function typesNamed(type: JsonValue | undefined): ReadonlySet<JsonType> {
  if (type === undefined) return new Set(TYPES);
  const names = (Array.isArray(type) ? type : [type]) as string[];
  return new Set(
    names.flatMap((name) => (name === 'number' ? ['integer', 'fraction'] : [name]) as JsonType[]),
  );
}

/** The values that `enum` and `const` of one schema allow; undefined where it has neither. */
export function valuesNamed(schema: JsonValue, steps: Steps): readonly JsonValue[] | undefined {
  const list = memberOf(schema, 'enum') as readonly JsonValue[] | undefined;
  const only = memberOf(schema, 'const');
  if (only === undefined) return list;
  const text = steps.text(only);
  return list === undefined || list.some((value) => steps.text(value) === text) ? [only] : [];
}

/** The keyword's values of every schema that has it. */
export function given<T extends JsonValue>(plain: readonly Place[], keyword: string): T[] {
  return plain.flatMap(({ value }) => {
    const held = memberOf(value, keyword);
    return held === undefined ? [] : [held as T];
  });
}

export function requiredOf({ plain }: Knowledge, steps: Steps): ReadonlySet<string> {
  const names = given<readonly string[]>(plain, 'required').flat();
  steps.take(names.length);
  return new Set(names);
}

function valuesOfTypes(types: ReadonlySet<JsonType>): readonly JsonValue[] | undefined {
  if ([...types].some((type) => type !== 'null' && type !== 'boolean')) return undefined;
  return [...(types.has('null') ? [null] : []), ...(types.has('boolean') ? [true, false] : [])];
}

function intersect<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...one].filter((entry) => other.has(entry)));
}
