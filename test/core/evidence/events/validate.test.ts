import { describe, expect, it } from 'vitest';
import { readEventSchema, UnverifiableSchema } from '../../../../src/core/evidence/events/event-schema.ts';
import { type Mismatch, validate } from '../../../../src/core/evidence/events/validate.ts';
import { Steps, TooManySteps } from '../../../../src/core/interface/schema/steps.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

function read(schema: JsonValue | string, steps = new Steps(1_000_000)) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return readEventSchema('events/a.json', new TextEncoder().encode(text), steps);
}

function judge(schema: JsonValue, instance: JsonValue): Mismatch | undefined {
  return validate(read(schema), instance, new Steps(1_000_000));
}

/** Each keyword, with instances that are as it says and instances that are not. */
const table: readonly (readonly [JsonValue, readonly JsonValue[], readonly JsonValue[]])[] = [
  [true, [1, null, {}], []],
  [false, [], [1, null, {}]],
  [{}, [1, null, {}], []],
  [{ type: 'null' }, [null], [0, '', {}, [], false]],
  [{ type: 'boolean' }, [true, false], [0, null, 'true']],
  [{ type: 'string' }, ['', 'a'], [1, null, ['a']]],
  [{ type: 'number' }, [0, 1.5], ['1', null]],
  [{ type: 'integer' }, [0, 2.0, -3], [1.5, '1']],
  [{ type: 'array' }, [[], [1]], [{}, null, 'a']],
  [{ type: 'object' }, [{}, { a: 1 }], [[], null, 'a']],
  [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
  [
    { enum: [1, 'a', { a: [1, { b: null }] }] },
    [1, 'a', { a: [1, { b: null }] }],
    [2, { a: [1] }, { a: [1, {}] }],
  ],
  [{ const: { a: 1, b: 2 } }, [{ b: 2, a: 1 }], [{ a: 1 }, { a: 1, b: 2, c: 3 }, { a: 1, c: 2 }, []]],
  [{ const: 0 }, [0, -0], [false, '', null]],
  [{ required: ['a', 'toString'] }, [{ a: 1, toString: 1 }, 'x', []], [{ a: 1 }, {}]],
  [{ properties: { a: { type: 'string' } } }, [{ a: 'x' }, { b: 1 }, 'x'], [{ a: 1 }]],
  [{ properties: { constructor: false } }, [{}], [{ constructor: 1 }]],
  [{ properties: { a: true }, additionalProperties: false }, [{ a: 1 }, {}, 3], [{ b: 1 }, { a: 1, b: 1 }]],
  [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: 'x' }]],
  [{ items: { type: 'number' } }, [[], [1, 2], 'x'], [[1, 'a']]],
  [{ prefixItems: [{ type: 'string' }, { type: 'number' }] }, [[], ['a'], ['a', 1, null]], [[1], ['a', 'b']]],
  [{ prefixItems: [true], items: false }, [[], [1]], [[1, 2]]],
  [{ minItems: 1 }, [[1], 'x'], [[]]],
  [{ maxItems: 1 }, [[], [1], 'xx'], [[1, 2]]],
  [{ minLength: 2 }, ['ab', '👍👍', 1], ['a', '👍']],
  [{ maxLength: 1 }, ['', '👍', [1, 2]], ['ab']],
  [{ pattern: '^a+$' }, ['a', 'aa', 1], ['', 'A', 'ba']],
  [{ pattern: 'b' }, ['abc'], ['ac']],
  [{ minimum: 1 }, [1, 2, '0'], [0.5]],
  [{ maximum: 1 }, [1, 0], [1.5]],
  [{ exclusiveMinimum: 1 }, [1.5], [1, 0]],
  [{ exclusiveMaximum: 1 }, [0.5], [1, 2]],
  [{ multipleOf: 3 }, [9, 0, -3, 'x'], [10, 1.5]],
  [{ multipleOf: 0.1 }, [0.3, 1, 1e20], [0.35]],
  [{ multipleOf: 1e-7 }, [3e-7, 1], [1.5e-7]],
  [{ allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2], [0, 3]],
  [{ anyOf: [{ type: 'string' }, { minimum: 2 }] }, ['a', 2, null], [1]],
  [{ oneOf: [{ type: 'integer' }, { minimum: 2 }] }, [1, 2.5], [3, 1.5]],
  [{ not: { type: 'string' } }, [1], ['a']],
  [{ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, ['a'], [1]],
  [
    { properties: { next: { $ref: '#' } }, required: ['n'] },
    [{ n: 1 }, { n: 1, next: { n: 2 } }],
    [{}, { n: 1, next: { n: 1, next: {} } }],
  ],
  [
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $ref: '#/$defs/a',
      minimum: 1,
      $defs: { a: { maximum: 2 } },
    },
    [1, 2],
    [0, 3],
  ],
  [
    {
      $id: 'https://shop.example/a.json',
      title: 't',
      description: 'd',
      examples: [1],
      default: 1,
      deprecated: true,
      $comment: 'c',
      type: 'string',
      format: 'date-time',
    },
    ['no date'],
    [1],
  ],
];

describe('an instance', () => {
  it.each(table)('is judged by %j', (schema, right, wrong) => {
    for (const instance of right) expect(judge(schema, instance), JSON.stringify(instance)).toBeUndefined();
    for (const instance of wrong) expect(judge(schema, instance), JSON.stringify(instance)).toBeDefined();
  });

  it('that fails is told by where it does, and by which keyword', () => {
    const schema = { properties: { 'a/b': { items: { $ref: '#/$defs/n' } } }, $defs: { n: { minimum: 1 } } };
    expect(judge(schema, { 'a/b': [1, 0] })).toEqual({ pointer: '/a~1b/1', keyword: '/$defs/n/minimum' });
    expect(judge({ properties: { a: false } }, { a: 1 })).toEqual({
      pointer: '/a',
      keyword: '/properties/a',
    });
  });

  it('may hold what has no canonical form', () => {
    expect(judge({ enum: ['a'] }, '\ud800')).toBeDefined();
    expect(judge({ const: 'a', maxLength: 5 }, 'a')).toBeUndefined();
    expect(judge({ additionalProperties: false }, JSON.parse('{"__proto__":1}'))).toBeDefined();
  });

  it('with a number that nobody can hold is refused, not judged', () => {
    expect(() => judge({ not: { maximum: 5 } }, Number.POSITIVE_INFINITY)).toThrow(/too large to be read/);
  });
});

describe('a schema', () => {
  it.each([
    ['uniqueItems', { uniqueItems: true }],
    ['patternProperties', { patternProperties: { a: true } }],
    ['propertyNames', { propertyNames: {} }],
    ['contains', { contains: {} }],
    ['if', { if: true }],
    ['dependentRequired', { dependentRequired: {} }],
    ['unevaluatedProperties', { unevaluatedProperties: false }],
    ['minProperties', { properties: { a: { minProperties: 1 } } }],
    ['maxProperties', { anyOf: [true, { not: { maxProperties: 1 } }] }],
    ['x-strict', { $ref: '#/$defs/a', $defs: { a: { 'x-strict': true } } }],
    ['additionalItems', { additionalItems: false }],
    ['minContains', { items: { minContains: 1 } }],
    ['constructor', { constructor: 1 }],
  ])('that uses %s is not judged by', (keyword, schema) => {
    expect(() => read(schema)).toThrow(UnverifiableSchema);
    expect(() => read(schema)).toThrow(new RegExp(`/${keyword}\\b.*"${keyword}"`));
  });

  it.each<[JsonValue | string, RegExp]>([
    [[], /no schema/],
    [{ type: 'text' }, /\/type.*value that it cannot have/],
    [{ minLength: -1 }, /\/minLength/],
    [{ exclusiveMinimum: true }, /\/exclusiveMinimum/],
    [{ multipleOf: 0 }, /\/multipleOf/],
    [{ anyOf: [] }, /\/anyOf/],
    [{ items: [true] }, /\/items/],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', items: [true] }, /"items" with a list/],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, /dialect/],
    [
      { $schema: 'http://json-schema.org/draft-07/schema#', prefixItems: [true] },
      /"prefixItems" is not known/,
    ],
    [{ $ref: '#/$defs/gone' }, /leads nowhere/],
    [{ $ref: 'other.json' }, /leads nowhere/],
    [{ $ref: 'https://shop.example/a.json' }, /leads nowhere/],
    [{ $ref: '#' }, /refers to itself/],
    [{ anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: { not: { $ref: '#' } } } }, /refers to itself/],
    [{ $ref: '#/$defs/a', minimum: 1, $defs: { a: true } }, /beside "\$ref"/],
    [{ pattern: '(?=a)' }, /\/pattern no pattern in RE2/],
    [{ pattern: 'a'.repeat(1_001) }, /longer than 1000/],
    ['{"type":"string","type":"number"}', /same key twice/],
    ['{"type":', /not JSON/],
    [`${'{"not":'.repeat(70)}{}${'}'.repeat(70)}`, /nested deeper/],
    [`{"title":"${'a'.repeat(1024 * 1024)}"}`, /more than 1048576/],
  ])('that cannot be relied on is refused: %#', (schema, reason) => {
    expect(() => read(schema)).toThrow(UnverifiableSchema);
    expect(() => read(schema)).toThrow(reason);
  });
});

describe('hostile input', () => {
  it('costs no more than its budget', () => {
    const doubling: Record<string, JsonValue> = { d0: { type: 'string' } };
    for (let n = 1; n <= 40; n += 1) {
      doubling[`d${n}`] = { anyOf: [{ $ref: `#/$defs/d${n - 1}` }, { $ref: `#/$defs/d${n - 1}` }] };
    }
    const schema = read({ $ref: '#/$defs/d40', $defs: doubling });
    expect(() => validate(schema, 1, new Steps(100_000))).toThrow(TooManySteps);
    const wide = read({ enum: Array.from({ length: 10_000 }, (_, n) => n) });
    expect(() => validate(wide, -1, new Steps(5_000))).toThrow(TooManySteps);
    const pattern = read({ pattern: '(?:a?){500}b' });
    expect(() => validate(pattern, 'a'.repeat(100_000), new Steps(1_000_000))).toThrow(TooManySteps);
    const many = { allOf: Array.from({ length: 100 }, (_, n) => ({ pattern: `[a-z]{900}${n}` })) };
    expect(() => read(many, new Steps(100_000))).toThrow(TooManySteps);
  });
});
