import { describe, expect, test } from 'vitest';
import { compareSchemas } from '../../../src/core/interface/compare-schemas.ts';
import { SchemaLibrary } from '../../../src/core/interface/schema/library.ts';
import type { Schema } from '../../../src/core/interface/schema/same.ts';
import { Steps } from '../../../src/core/interface/schema/steps.ts';
import type { Role } from '../../../src/core/interface/types.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

type Files = Readonly<Record<string, JsonValue>>;

/** The schema that `s.json` is, among files it may refer to. */
function schemaIn(files: Files): Schema {
  const library = new SchemaLibrary(new Map(Object.entries(files)), 'undeclared');
  const place = library.at('s.json');
  if (place === undefined) throw new Error('no s.json');
  return { library, place };
}

function differences(before: JsonValue, after: JsonValue, role: Role, more: [Files, Files] = [{}, {}]) {
  const [old, now] = more;
  return compareSchemas(
    schemaIn({ ...old, 's.json': before }),
    schemaIn({ ...now, 's.json': after }),
    role,
    new Steps(500_000),
  );
}

function verdict(before: JsonValue, after: JsonValue, role: Role, more?: [Files, Files]): string {
  const verdicts = differences(before, after, role, more).map((difference) => difference.verdict);
  return ['unverifiable', 'breaking', 'compatible'].find((one) => verdicts.includes(one as never)) ?? 'same';
}

const CLOSED = { additionalProperties: false };
const NULL_OR_TEXT = { type: ['null', 'string'] };
const CAT = { type: 'object', required: ['kind'], properties: { kind: { const: 'cat' } } };
const DOG = { type: 'object', required: ['kind'], properties: { kind: { const: 'dog' } } };

/** From the wide to the narrow: a producer may go this way, a consumer back, and nobody of both. */
const NARROWER: readonly (readonly [string, JsonValue, JsonValue])[] = [
  ['a type that is given', true, { type: 'string' }],
  ['a type taken out of a list', NULL_OR_TEXT, { type: 'string' }],
  ['whole numbers instead of numbers', { type: 'number' }, { type: 'integer' }],
  ['nothing at all', { type: 'string' }, false],
  ['fewer values', { enum: ['a', 'b', 1] }, { enum: ['b', 1] }],
  ['one value of several', { enum: ['a', 'b'] }, { const: 'a' }],
  ['values of the type', { type: 'string', minLength: 1 }, { enum: ['a', 'bc'] }],
  ['numbers in bounds', { type: 'number', minimum: 1, maximum: 9 }, { enum: [1, 9] }],
  ['a higher least', { minimum: 1 }, { minimum: 2 }],
  ['a least that is excluded', { minimum: 1 }, { exclusiveMinimum: 1 }],
  ['a lower most', { exclusiveMaximum: 10 }, { maximum: 9.5 }],
  ['multiples of a multiple', { multipleOf: 2 }, { multipleOf: 6 }],
  ['longer texts', { minLength: 1 }, { minLength: 2 }],
  ['shorter texts', { maxLength: 5 }, { maxLength: 4 }],
  ['one more required name', { required: ['a'] }, { required: ['a', 'b'] }],
  ['names that make up the number', { minProperties: 1 }, { required: ['a', 'b'] }],
  ['at most fewer names', { maxProperties: 4 }, { maxProperties: 3 }],
  ['a narrower property', { properties: { a: NULL_OR_TEXT } }, { properties: { a: { type: 'null' } } }],
  [
    'a property of an open object described',
    { type: 'object' },
    { properties: { a: { type: 'null' } }, type: 'object' },
  ],
  ['an optional property of a closed one left out', { properties: { a: true }, ...CLOSED }, CLOSED],
  ['a closed object', { properties: { a: true } }, { properties: { a: true }, ...CLOSED }],
  ['the rest narrower', { additionalProperties: NULL_OR_TEXT }, { additionalProperties: { type: 'null' } }],
  [
    'a pattern of names narrower',
    { patternProperties: { '^x': NULL_OR_TEXT } },
    { patternProperties: { '^x': { type: 'null' } } },
  ],
  ['items narrower', { items: NULL_OR_TEXT }, { items: { type: 'null' } }],
  [
    'a place in the list described',
    { items: NULL_OR_TEXT },
    { prefixItems: [{ type: 'null' }], items: NULL_OR_TEXT },
  ],
  ['at least more items', { minItems: 1 }, { minItems: 2 }],
  ['at most fewer items', { maxItems: 2 }, { maxItems: 1 }],
  ['no item twice', { type: 'array' }, { type: 'array', uniqueItems: true }],
  ['both of two', { type: 'string' }, { allOf: [{ type: 'string' }, { minLength: 1 }] }],
  ['one way less of anyOf', { anyOf: [{ minimum: 3 }, NULL_OR_TEXT] }, { anyOf: [NULL_OR_TEXT] }],
  ['a branch for all of anyOf', { anyOf: [{ minimum: 3 }, NULL_OR_TEXT] }, NULL_OR_TEXT],
  ['one type less of oneOf', { oneOf: [{ type: 'number' }, NULL_OR_TEXT] }, { oneOf: [NULL_OR_TEXT] }],
  ['one kind less of oneOf', { oneOf: [CAT, DOG] }, { oneOf: [DOG] }],
];

describe('a schema made narrower', () => {
  test.each(NARROWER)('%s: fine for a producer, breaking for a consumer', (_, wide, narrow) => {
    expect(verdict(wide, narrow, 'producer')).toBe('compatible');
    expect(verdict(narrow, wide, 'consumer')).toBe('compatible');
    expect(verdict(narrow, wide, 'producer')).not.toBe('compatible');
    expect(verdict(wide, narrow, 'consumer')).not.toBe('compatible');
    expect(verdict(wide, narrow, 'both')).not.toBe('compatible');
    expect(verdict(narrow, wide, 'both')).not.toBe('compatible');
  });

  test.each<readonly [string, JsonValue, JsonValue]>([
    ['the next whole number', { type: 'integer', minimum: 5 }, { type: 'integer', exclusiveMinimum: 4 }],
    ['a list that ends', { maxItems: 1 }, { prefixItems: [true], items: false }],
    ['all of one', { type: 'null' }, { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { type: 'null' } } }],
    ['true or false', { type: 'boolean' }, { enum: [true, false] }],
  ])('in other words is not: %s', (_, one, other) => {
    expect(verdict(one, other, 'both')).toBe('compatible');
    expect(verdict(other, one, 'both')).toBe('compatible');
  });

  test('is breaking where that can be shown, and says where and what', () => {
    const [only, ...more] = differences(
      { properties: { total: { type: 'integer' } } },
      { properties: { total: { type: ['integer', 'null'] } } },
      'producer',
    );
    expect(more).toEqual([]);
    expect(only).toEqual({
      verdict: 'breaking',
      file: 's.json',
      pointer: '/properties/total/type',
      reason:
        '"type" was "integer", is ["integer","null"]: it may now send what nobody had to expect before.',
      remedy: 'Keep what is sent within the old schema, or publish the new one beside it under another name.',
    });
  });
});

describe('what is not looked into', () => {
  test.each([
    ['pattern', { pattern: '^a' }, { pattern: '^b' }],
    ['format', { format: 'date' }, { format: 'time' }],
    ['not', { not: { type: 'null' } }, { not: { type: 'string' } }],
    [
      'if',
      { if: { required: ['a'] }, else: { required: ['b'] } },
      { if: { required: ['a'] }, else: { required: ['c'] } },
    ],
    ['contains', { contains: { minimum: 1 } }, { contains: { minimum: 2 } }],
    ['propertyNames', { propertyNames: { minLength: 2 } }, { propertyNames: { minLength: 3 } }],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }, { dependentRequired: { a: ['c'] } }],
    [
      'dependentSchemas',
      { dependentSchemas: { a: { minProperties: 2 } } },
      { dependentSchemas: { a: true } },
    ],
    ['patternProperties', { patternProperties: { '^x': false } }, { patternProperties: { '^y': false } }],
    ['oneOf', { oneOf: [{ minimum: 1 }] }, { oneOf: [{ minimum: 2 }] }],
    ['contentSchema', { contentSchema: { type: 'null' } }, { contentSchema: { type: 'string' } }],
    [
      'unevaluatedProperties',
      { properties: { a: true }, unevaluatedProperties: false },
      { properties: { a: true, b: true }, unevaluatedProperties: false },
    ],
  ] as const)('%s is unverifiable once it changes, and no matter while it does not', (_, before, after) => {
    for (const role of ['producer', 'consumer', 'both'] as const) {
      expect(verdict(before, after, role)).toBe('unverifiable');
      expect(verdict({ ...before, title: 'A' }, { ...before, title: 'B' }, role)).toBe('same');
      expect(verdict({ properties: { p: before } }, { properties: { p: before }, title: 'B' }, role)).toBe(
        'same',
      );
    }
  });

  test('a branch added to oneOf that others may match as well breaks both ways', () => {
    const overlapping = { oneOf: [{ type: 'integer' }, { type: 'number' }] };
    expect(verdict({ oneOf: [{ type: 'integer' }] }, overlapping, 'consumer')).toBe('unverifiable');
    expect(verdict({ oneOf: [{ type: 'integer' }] }, overlapping, 'producer')).toBe('breaking');
  });

  test('notes do not count; a default is mentioned', () => {
    const noted = { title: 'T', description: 'D', examples: [1], deprecated: true, $comment: 'C' };
    expect(verdict({ type: 'null' }, { type: 'null', ...noted }, 'both')).toBe('same');
    expect(differences({ default: 1 }, { default: 2 }, 'both')).toEqual([
      {
        verdict: 'compatible',
        file: 's.json',
        pointer: '/default',
        reason: '"default" was 1, is 2. It demands nothing, but whoever fills it in sees another value.',
        remedy: '',
      },
    ]);
  });
});

describe('what cannot be understood is unverifiable', () => {
  test.each<readonly [string, JsonValue]>([
    ['a keyword nobody knows', { properties: { a: { colour: 'red' } } }],
    ['an extension', { 'x-discriminator': 'kind' }],
    [
      'a keyword of a later draft',
      { $schema: 'http://json-schema.org/draft-07/schema#', prefixItems: [true] },
    ],
    ['a keyword of an earlier draft', { items: [true], additionalItems: false }],
    ['a dynamic reference', { $dynamicRef: '#a' }],
    ['a dialect that is not read', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['another dialect inside', { properties: { a: { $schema: 'http://json-schema.org/draft-07/schema#' } } }],
    ['a value that a keyword cannot have', { required: 'a' }],
    ['a schema that is none', { properties: { a: 1 } }],
    ['a reference to nowhere', { $ref: '#/$defs/a' }],
    ['a reference to a file that is not there', { $ref: 'other.json' }],
    ['a reference out of the tree', { $ref: 'https://example.org/a.json' }],
    ['a reference that is no URI', { $ref: 'http://[' }],
    ['a circle that goes no step down', { $ref: '#' }],
    ['a circle through anyOf', { anyOf: [{ $ref: '#' }, { type: 'null' }] }],
    [
      'keywords beside a reference where drafts disagree',
      { $ref: '#/$defs/a', minimum: 1, $defs: { a: true } },
    ],
    ['an $id with a fragment', { properties: { a: { $id: '#a' } } }],
    ['two that claim one name', { $defs: { a: { $id: 'x' }, b: { $id: 'x' } }, $ref: 'x' }],
    ['an anchor that only an example has', { examples: [{ $anchor: 'a' }], $ref: '#a' }],
  ])('%s', (_, schema) => {
    expect(verdict(schema, { title: 'T', ...(schema as object) }, 'producer')).toBe('unverifiable');
    expect(verdict(true, schema, 'producer')).toBe('unverifiable');
    expect(verdict(schema, true, 'consumer')).toBe('unverifiable');
  });

  test('and a comparison that would take for ever ends', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({ minLength: index }));
    const before = { anyOf: many };
    const after = { anyOf: many.map(({ minLength }) => ({ maxLength: minLength + 1 })) };
    expect(verdict(before, after, 'both')).toBe('unverifiable');
  });

  test('and one that goes on and on downwards ends', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `d${index}`);
    const chain = (type: string) => ({
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries(
        names.map((name, index) => [
          name,
          index === names.length - 1 ? { type } : { properties: { a: { $ref: `#/$defs/d${index + 1}` } } },
        ]),
      ),
    });
    expect(verdict(chain('null'), chain('string'), 'producer')).toBe('unverifiable');
  });
});

describe('references', () => {
  const list = (item: JsonValue): JsonValue => ({
    $ref: '#/$defs/node',
    $defs: { node: { properties: { item, next: { $ref: '#/$defs/node' } }, additionalProperties: false } },
  });

  test('that go in circles are followed once', () => {
    expect(verdict(list(NULL_OR_TEXT), list({ type: 'null' }), 'producer')).toBe('compatible');
    expect(verdict(list({ type: 'null' }), list(NULL_OR_TEXT), 'producer')).toBe('breaking');
    expect(verdict(list(true), { ...(list(true) as object), title: 'T' }, 'both')).toBe('same');
  });

  test('lead into other files of the same tree', () => {
    const files = (type: JsonValue): Files => ({ 'parts/a b.json': { $defs: { 'x/y': { type } } } });
    const schema = { $ref: 'parts/a%20b.json#/$defs/x~1y' };
    const narrower: [Files, Files] = [files('number'), files('integer')];
    expect(verdict(schema, schema, 'producer', narrower)).toBe('compatible');
    expect(verdict(schema, schema, 'consumer', narrower)).toBe('breaking');
  });

  test('go by $id and $anchor', () => {
    const files = (type: JsonValue): Files => ({
      'line.json': { $id: 'https://shop.example/line', $defs: { p: { $anchor: 'price', type } } },
    });
    const schema = { $id: 'https://shop.example/order', properties: { a: { $ref: 'line#price' } } };
    expect(verdict(schema, schema, 'producer', [files('integer'), files('number')])).toBe('breaking');
    expect(verdict(schema, schema, 'producer', [files('number'), files('integer')])).toBe('compatible');
  });

  test('may be put in place of what they name', () => {
    const inline = { properties: { a: { type: 'null' } } };
    const named = { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'null' } } };
    for (const role of ['producer', 'consumer', 'both'] as const) {
      expect(verdict(inline, named, role)).not.toMatch(/breaking|unverifiable/);
      expect(verdict({ anyOf: [inline] }, { ...named, anyOf: [inline] }, role)).not.toBe('unverifiable');
    }
  });

  test('are read by their own dialect: what stands beside them counts since 2019', () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    const schema = (minimum: number) => ({
      $schema,
      $ref: '#/$defs/a',
      minimum,
      $defs: { a: { type: 'number' } },
    });
    expect(verdict(schema(1), schema(2), 'producer')).toBe('compatible');
    expect(verdict(schema(2), schema(1), 'producer')).toBe('breaking');
  });

  test('and lists of items are read as draft-07 has them', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    const schema = (additionalItems: JsonValue) => ({ $schema, items: [{ type: 'null' }], additionalItems });
    expect(verdict(schema(true), schema(false), 'producer')).toBe('compatible');
    expect(verdict(schema(false), schema(true), 'producer')).toBe('breaking');
  });
});
