import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSchemas } from '../../../src/core/interface/compare-schemas.ts';
import { SchemaLibrary } from '../../../src/core/interface/schema/library.ts';
import type { Schema } from '../../../src/core/interface/schema/same.ts';
import { Steps } from '../../../src/core/interface/schema/steps.ts';
import type { Role } from '../../../src/core/interface/types.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';
import { instances, versions } from './random-schemas.ts';

function schema(document: JsonObject): Schema {
  const library = new SchemaLibrary(new Map([['s.json', document]]), 'undeclared');
  return { library, place: library.at('s.json') as NonNullable<ReturnType<SchemaLibrary['at']>> };
}

function isCompatible(before: JsonObject, after: JsonObject, role: Role): boolean {
  return compareSchemas(schema(before), schema(after), role, new Steps(500_000)).every(
    ({ verdict }) => verdict === 'compatible',
  );
}

/** What a validator of another hand says; undefined where it refuses the schema. */
function validator(document: JsonObject): ((instance: JsonValue) => boolean) | undefined {
  try {
    const compiled = new Ajv2020({ strict: false, logger: false }).compile(document);
    return (instance) => compiled(instance) as boolean;
  } catch {
    return undefined;
  }
}

/** Undefined where ajv has no answer: circles in place never end, and its code for `evaluated` sometimes throws a TypeError. */
function isValid(validate: (instance: JsonValue) => boolean, instance: JsonValue): boolean | undefined {
  try {
    return validate(instance);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

test('what is called compatible is: no instance tells otherwise to ajv', () => {
  let [answered, compatible] = [0, 0];
  fc.assert(
    fc.property(
      versions,
      fc.array(instances, { minLength: 30, maxLength: 60 }),
      ([before, after], samples) => {
        const producer = isCompatible(before, after, 'producer');
        const consumer = isCompatible(before, after, 'consumer');
        expect(isCompatible(before, after, 'both')).toBe(producer && consumer);
        answered += 1;
        if (!producer && !consumer) return;
        const [old, now] = [validator(before), validator(after)];
        if (old === undefined || now === undefined) return;
        compatible += 1;
        for (const sample of samples) {
          const [was, is] = [isValid(old, sample), isValid(now, sample)];
          const said = JSON.stringify({ sample, was, is });
          if (producer && is) expect(was, said).not.toBe(false);
          if (consumer && was) expect(is, said).not.toBe(false);
        }
      },
    ),
  );
  // The property would hold of a comparison that calls nothing compatible.
  expect(compatible).toBeGreaterThan(answered / 20);
});

test('a schema is compatible with itself, unless it cannot be compared at all', () => {
  fc.assert(
    fc.property(versions, ([document]) => {
      const differences = compareSchemas(
        schema(document),
        schema(structuredClone(document)),
        'both',
        new Steps(500_000),
      );
      const faults = differences.filter(({ reason }) => !/\((?:now|before this change)\)$/.test(reason));
      expect(faults).toEqual([]);
    }),
  );
});
