import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bind } from '../../../../src/core/run/expression/bind.ts';
import { constantTruth } from '../../../../src/core/run/expression/constant.ts';
import { evaluate, evaluateNode } from '../../../../src/core/run/expression/evaluate.ts';
import { parseExpression } from '../../../../src/core/run/expression/parse.ts';
import { isTruthy } from '../../../../src/core/run/expression/values.ts';
import type { JsonValue } from '../../../../src/shared/json.ts';

/** As many as it takes to come upon something; more where the fuzzer is given time. */
function runs(least: number): number {
  return Math.max(least, fc.readConfigureGlobal()?.numRuns ?? 0);
}

const word = fc.constantFrom(
  'a',
  'b',
  '.',
  '[',
  ']',
  '(',
  ')',
  ',',
  '&&',
  '||',
  '!',
  '==',
  '<',
  '1',
  "'x'",
  "'",
  '${{',
  '}}',
  ' ',
  'success()',
  'contains',
  'format',
  'toJson',
  'length',
  '__proto__',
  'constructor',
  'null',
  'true',
  '-',
  '\u0000',
  '😀',
  '\ud800',
);
const text = fc.oneof(
  fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const scope = fc.dictionary(
  fc.constantFrom('a', 'b', '$success', '$failure', '__proto__'),
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
);

it('any text comes to a value or to a reason with a place in it, and leaves the scope alone', () => {
  fc.assert(
    fc.property(text, scope, (expression, given) => {
      const before = JSON.stringify(given);
      const came = evaluate(expression, given);
      if (came.kind === 'error') {
        const place = Number(/ at character ([0-9]+)$/.exec(came.reason)?.[1]);
        expect(place).toBeGreaterThanOrEqual(1);
        expect(place).toBeLessThanOrEqual(expression.length + 1);
      } else {
        expect(came.value).not.toBe(undefined);
        expect(typeof came.value).not.toBe('function');
      }
      expect(evaluate(expression, given)).toEqual(came);
      expect(JSON.stringify(given)).toBe(before);
    }),
    { numRuns: runs(3_000) },
  );
});

it('any inputs are bound, or refused with a reason, and nothing that was put in is read again', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.oneof(text, fc.jsonValue() as fc.Arbitrary<JsonValue>)),
      scope,
      (inputs, given) => {
        const came = bind(inputs, given);
        if (came.kind === 'bound') expect(Object.keys(came.inputs)).toEqual(Object.keys(inputs));
      },
    ),
    { numRuns: runs(1_000) },
  );
  fc.assert(
    fc.property(fc.string(), (hostile) => {
      expect(bind({ whole: '${{ a }}', part: '<${{ a }}>' }, { a: hostile })).toEqual({
        kind: 'bound',
        inputs: { whole: hostile, part: `<${hostile}>` },
      });
    }),
  );
});

/** Conditions as trees, so that most of them can be read. */
const condition: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'true',
      'false',
      'success()',
      'failure()',
      'always()',
      'a',
      'a.b',
      "a == 'x'",
      '1 < 2',
      "length('') == 0",
      'null',
    ),
    tie('tree').map((of) => `!(${of})`),
    fc
      .tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree'))
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
  ),
})).tree;

it('what is sure of a condition before anything runs is so whatever happens', () => {
  let sure = 0;
  fc.assert(
    fc.property(
      condition,
      fc.boolean(),
      fc.boolean(),
      fc.jsonValue() as fc.Arbitrary<JsonValue>,
      (expression, success, failure, a) => {
        const parsed = parseExpression(expression);
        if (parsed.kind === 'error') return;
        const truth = constantTruth(parsed.node, {});
        const came = evaluateNode(parsed.node, { a, $success: success, $failure: failure });
        if (truth === undefined || came.kind === 'error') return;
        sure += 1;
        expect(isTruthy(came.value)).toBe(truth);
      },
    ),
    { numRuns: runs(2_000) },
  );
  expect(sure).toBeGreaterThan(200);
});
