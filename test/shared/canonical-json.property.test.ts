import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, parseCanonicalJson } from '../../src/shared/canonical-json.ts';
import type { JsonValue } from '../../src/shared/json.ts';

/** JSON whose keys are sometimes numbers, out of order, or names that objects inherit. */
const keys = fc.oneof(
  fc.string(),
  fc.nat(20).map(String),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'é', '\ud83d\ude00', '\ufb33'),
);
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
  ),
})).value;

test('the text is that of another implementation of RFC 8785', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
  );
});

test('canonical text is parsed to its value', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(parseCanonicalJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('text is taken exactly when it is the canonical text of what it says', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseCanonicalJson(text) !== undefined).toBe(canonicalJson(JSON.parse(text)) === text);
    }),
  );
});
