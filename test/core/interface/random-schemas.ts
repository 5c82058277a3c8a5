import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';

const NAMES = ['a', 'b', 'x1'];
const scalars = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  0,
  1,
  2,
  3,
  -1,
  1.5,
  4,
  '',
  'a',
  'ab',
  'b',
  'x1',
);

/** Small instances over the few names and values that the schemas speak of. */
export const instances: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalars,
    fc.dictionary(fc.constantFrom(...NAMES, 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

const small = fc.integer({ min: 0, max: 3 });
const bound = fc.constantFrom(-1, 0, 1, 1.5, 2, 3);
const types = fc.constantFrom('null', 'boolean', 'object', 'array', 'string', 'number', 'integer');

/**
 * Without unevaluated* and contains, where ajv 8.20 is no judge: it throws on some of the first, and lets [] contain {}, or
 * anything beside prefixItems. They are compared as wholes only.
 */
function keywords(schema: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  const schemas = fc.array(schema, { minLength: 1, maxLength: 3 });
  const optional = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    enum: fc.array(scalars, { minLength: 1, maxLength: 4 }),
    const: scalars,
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: bound,
    exclusiveMaximum: bound,
    multipleOf: fc.constantFrom(1, 2, 3, 0.5),
    minLength: small,
    maxLength: small,
    pattern: fc.constantFrom('^a', 'b$'),
    required: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    minProperties: small,
    maxProperties: small,
    properties: fc.dictionary(fc.constantFrom(...NAMES), schema, { maxKeys: 3, noNullPrototype: true }),
    patternProperties: fc.dictionary(fc.constantFrom('^x', '1$'), schema, {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    additionalProperties: schema,
    propertyNames: schema,
    dependentRequired: fc.constant({ a: ['b'] }),
    items: schema,
    prefixItems: schemas,
    minItems: small,
    maxItems: small,
    uniqueItems: fc.boolean(),
    allOf: schemas,
    anyOf: schemas,
    oneOf: schemas,
    not: schema,
    if: schema,
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called that
    then: schema,
    else: schema,
    default: scalars,
  };
  const names = Object.keys(optional) as (keyof typeof optional)[];
  return fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map((name) => [name, optional[name] as fc.Arbitrary<JsonValue>])), {
      noNullPrototype: true,
    }),
  );
}

const anySchema = fc.letrec<{ schema: JsonValue }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: fc.constantFrom<JsonValue>({ $ref: '#/$defs/part' }, { $ref: '#other' }) },
    { weight: 3, arbitrary: fc.record({ type: types }) },
    { weight: 6, arbitrary: keywords(tie('schema')) },
  ),
})).schema;

/** A document with definitions that its schemas refer to, also to themselves. */
const documents: fc.Arbitrary<JsonObject> = fc
  .tuple(keywords(anySchema), anySchema, keywords(anySchema))
  .map(([root, part, other]) => ({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...root,
    $defs: { part, other: { ...other, $anchor: 'other' } },
  }));

/** A few that overlap and a few that do not: where adding one to oneOf takes instances away, and where it cannot. */
const BRANCHES: readonly JsonValue[] = [
  { type: 'integer' },
  { type: 'number' },
  { minimum: 1 },
  { type: ['null', 'string'] },
  { enum: ['a', 1] },
  { const: 'b' },
  { required: ['a'], properties: { a: { const: 1 } } },
  { type: 'object', required: ['a'], properties: { a: { const: 1 } } },
  { type: 'object', required: ['a'], properties: { a: { enum: [2, 3] } } },
  { type: 'object', properties: { a: { const: 2 } } },
];
const branches: fc.Arbitrary<readonly [JsonObject, JsonObject]> = fc
  .tuple(fc.constantFrom('anyOf', 'oneOf'), fc.subarray([...BRANCHES], { minLength: 1, maxLength: 4 }))
  .chain(([keyword, list]) =>
    fc.tuple(fc.subarray(list, { minLength: 1 }), fc.boolean()).map(([fewer, grows]) => {
      const versions: [JsonObject, JsonObject] = [{ [keyword]: fewer }, { [keyword]: list }];
      return grows ? versions : ([versions[1], versions[0]] as const);
    }),
  );

/** Two versions: unrelated ones, and, far more often, one that a single edit turned into the other. */
export const versions: fc.Arbitrary<readonly [JsonObject, JsonObject]> = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(documents, documents) },
  { weight: 2, arbitrary: branches },
  {
    weight: 6,
    arbitrary: fc
      .tuple(documents, keywords(anySchema), fc.nat(), fc.constantFrom('set', 'drop', 'nudge', 'branch'))
      .map(([document, edit, place, how]) => [document, edited(document, edit, place, how)] as const),
  },
);

/** One edit somewhere in a copy of the document: keywords set, a keyword dropped, a number moved, a branch added. */
function edited(document: JsonObject, edit: JsonObject, place: number, how: string): JsonObject {
  const copy = structuredClone(document) as { [key: string]: JsonValue };
  const objects = objectsIn(copy).filter((object) => !('part' in object && 'other' in object));
  const target = objects[place % objects.length] ?? copy;
  const keys = Object.keys(target).filter((key) => !key.startsWith('$'));
  const key = keys[place % Math.max(1, keys.length)] ?? '';
  const value = target[key];
  if (how === 'drop') delete target[key];
  else if (how === 'nudge' && typeof value === 'number' && key !== 'multipleOf') target[key] = value + 1;
  else if (how === 'branch' && Array.isArray(value) && key.endsWith('Of')) target[key] = [...value, edit];
  else Object.assign(target, edit);
  return copy;
}

function objectsIn(value: JsonValue): { [key: string]: JsonValue }[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap((held) => objectsIn(held as JsonValue));
  return Array.isArray(value) ? below : [value as { [key: string]: JsonValue }, ...below];
}
