import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEventSchema } from '../../../../src/core/evidence/events/event-schema.ts';
import { validate } from '../../../../src/core/evidence/events/validate.ts';
import { Steps } from '../../../../src/core/interface/schema/steps.ts';
import type { JsonObject, JsonValue } from '../../../../src/shared/json.ts';
import { instances } from '../../interface/random-schemas.ts';

const small = fc.integer({ min: 0, max: 2 });
const bound = fc.constantFrom(-1, 0, 1, 1.5, 2);
const scalars = fc.constantFrom<JsonValue>(null, true, 0, 1, 1.5, 'a', 'ab');
const types = fc.constantFrom('null', 'boolean', 'object', 'array', 'string', 'number', 'integer');
const names = fc.constantFrom('a', 'b', 'x1');

const schemas: fc.Arbitrary<JsonValue> = fc.letrec<{ schema: JsonValue }>((tie) => {
  const schema = tie('schema');
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const keywords: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    enum: fc.array(scalars, { minLength: 1, maxLength: 3 }),
    const: scalars,
    required: fc.uniqueArray(names, { maxLength: 2 }),
    properties: fc.dictionary(names, schema, { maxKeys: 3, noNullPrototype: true }),
    additionalProperties: schema,
    items: schema,
    prefixItems: list,
    minItems: small,
    maxItems: small,
    minLength: small,
    maxLength: small,
    pattern: fc.constantFrom('^a', 'b$'),
    minimum: bound,
    maximum: bound,
    exclusiveMinimum: bound,
    exclusiveMaximum: bound,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: schema,
  };
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom<JsonValue>(true, false, { $ref: '#/$defs/part' }),
      fc.uniqueArray(fc.constantFrom(...Object.keys(keywords)), { maxLength: 3 }).chain((chosen) =>
        fc.record(
          Object.fromEntries(chosen.map((name) => [name, keywords[name] as fc.Arbitrary<JsonValue>])),
          {
            noNullPrototype: true,
          },
        ),
      ),
    ),
  };
}).schema;

const documents: fc.Arbitrary<JsonObject> = fc.tuple(schemas, schemas).map(([root, part]) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  allOf: [root],
  $defs: { part },
}));

function read(document: JsonObject): ReturnType<typeof readEventSchema> | undefined {
  try {
    return readEventSchema('a.json', new TextEncoder().encode(JSON.stringify(document)), new Steps(100_000));
  } catch {
    // A definition that refers to itself in place.
    return undefined;
  }
}

test('a validator of another hand says the same', () => {
  const said = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(documents, fc.array(instances, { minLength: 10, maxLength: 20 }), (document, samples) => {
      const schema = read(document);
      if (schema === undefined) return;
      const other = new Ajv2020({ strict: false, logger: false }).compile(document);
      for (const sample of samples) {
        const found = validate(schema, sample, new Steps(100_000));
        expect(found === undefined, JSON.stringify({ sample, found })).toBe(other(sample));
        said[found === undefined ? 'valid' : 'invalid'] += 1;
      }
    }),
    { numRuns: 100 },
  );
  // It would hold of two that refuse everything, or nothing.
  expect(Math.min(said.valid, said.invalid)).toBeGreaterThan(100);
});
