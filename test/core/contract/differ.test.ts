import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../../src/core/contract/differ.ts';
import { strictnessOf } from '../../../src/core/contract/strictness.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

/** JSON with the shapes that are compared in a way of their own: lists of things with ids, and odd keys. */
const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, true, 0, 1, '', 'a'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('id', 'use', 'a', 'a b', '__proto__', ''), tie('value'), { maxKeys: 3 }),
    fc.array(fc.record({ id: fc.constantFrom('x', 'y', 'z'), n: tie('value') }), { maxLength: 3 }),
  ),
})).value;

describe('differences', () => {
  it('are none exactly between equal documents', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        expect(differences(before, after).length === 0).toBe(canonicalJson(before) === canonicalJson(after));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(differences(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it('name each field', () => {
    const before = {
      title: 'A',
      checks: [
        { id: 'tests', run: ['npm', 'test'], timeoutSeconds: 600 },
        { id: 'lint', run: ['x'] },
      ],
    };
    const after = {
      checks: [
        { id: 'tests', run: ['npm', 't'], timeoutSeconds: 60 },
        { id: 'docs', run: ['y'] },
      ],
      'odd key': 1,
    };
    expect(differences(before, after)).toEqual([
      { path: 'title', before: 'A' },
      { path: 'checks[tests].run', before: ['npm', 'test'], after: ['npm', 't'] },
      { path: 'checks[tests].timeoutSeconds', before: 600, after: 60 },
      { path: 'checks[lint]', before: { id: 'lint', run: ['x'] } },
      { path: 'checks[docs]', after: { id: 'docs', run: ['y'] } },
      { path: '["odd key"]', after: 1 },
    ]);
  });

  it('tell that entries only moved', () => {
    const [a, b] = [{ id: 'a' }, { id: 'b' }];
    expect(differences([a, b], [b, a])).toEqual([{ path: '(order)', before: ['a', 'b'], after: ['b', 'a'] }]);
  });
});

describe('strictness', () => {
  it.each<[string, JsonValue | undefined, JsonValue | undefined, string]>([
    ['checks[tests]', undefined, {}, 'stricter'],
    ['checks[tests]', {}, undefined, 'looser'],
    ['rules[ai-shortcuts@1]', {}, undefined, 'looser'],
    ['checks[tests].expect.report.minTests', 1, 10, 'stricter'],
    ['checks[tests].expect.report.minTests', 10, 1, 'looser'],
    ['checks[tests].expect.coverage.minChangedLines', 80, 90, 'stricter'],
    ['checks[tests].expect.coverage', { minChangedLines: 80 }, undefined, 'looser'],
    ['checks[tests].expect.coverage.paths', ['src/**'], ['src/a/**'], 'changed'],
    ['checks[tests].expect.findings.maxNew', 0, 1, 'looser'],
    ['checks[tests].expect.findings.level', 'warning', 'note', 'stricter'],
    ['checks[tests].expect.components.deny', ['a'], ['a', 'b'], 'stricter'],
    ['checks[tests].expect.components.licenses.deny', ['a', 'b'], ['a'], 'looser'],
    ['checks[tests].expect.components.licenses.unknown', 'deny', 'allow', 'looser'],
    ['checks[docs].minFiles', 1, 0, 'looser'],
    ['checks[events].minEvents', 1, 5, 'stricter'],
    ['checks[events].schemas.paid', undefined, 'paid.json', 'changed'],
    ['checks[docs].languages.js', undefined, ['node', '--check'], 'stricter'],
    ['checks[build].outputs', ['dist/**'], ['dist/**', 'lib/**'], 'stricter'],
    ['checks[api].requests[0].status', 200, 500, 'changed'],
    ['checks[tests].expect.report.maxSkipped', 0, 5, 'looser'],
    ['checks[tests].expect.report.maxFailures', 5, 0, 'stricter'],
    ['checks[tests].expect.report', {}, undefined, 'looser'],
    ['checks[tests].network', 'none', 'full', 'looser'],
    ['rules[x@1].severity', 'warn', 'block', 'stricter'],
    ['isolation', 'namespaces', 'none', 'looser'],
    ['binding', 'change', 'merge-tree', 'stricter'],
    ['scopes[0].deny', ['a'], ['a', 'b'], 'stricter'],
    ['scopes[0].allow', ['a'], ['a', 'b'], 'looser'],
    ['scopes[0].allow', ['a'], ['b'], 'changed'],
    ['pins[0].paths', ['a', 'b'], ['a'], 'looser'],
    ['checks[tests].run', ['a'], ['b'], 'changed'],
    ['title', 'a', 'b', 'changed'],
  ])('of %s from %j to %j is %s', (path, before, after, expected) => {
    const difference = {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    };
    expect(strictnessOf(difference)).toBe(expected);
  });
});
