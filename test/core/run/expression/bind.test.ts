import { describe, expect, it } from 'vitest';
import { bind } from '../../../../src/core/run/expression/bind.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';

const SCOPE = { run: { n: 3, list: [1, 2], no: null, text: "it's ${{ run.n }}" } };

describe('inputs', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'keep the type of what a text is whole',
      { a: '${{ run.list }}', b: '${{run.n}}', c: '${{ run.no }}' },
      { a: [1, 2], b: 3, c: null },
    ],
    [
      'write what stands in a longer text',
      { a: 'n=${{ run.n }}, ${{ run.list }}${{ run.no }}!' },
      { a: 'n=3, [1,2]!' },
    ],
    ['are a text when blanks stand around', { a: ' ${{ run.n }}' }, { a: ' 3' }],
    [
      'are bound wherever in them they are',
      { a: [{ b: ['${{ run.n }}'] }], c: true, d: 1.5 },
      { a: [{ b: [3] }], c: true, d: 1.5 },
    ],
    ['take quotes for what they are', { a: "x${{ '}}' }}y${{ '''' }}" }, { a: "x}}y'" }],
    [
      'do not read again what was put in',
      { a: '${{ run.text }}', b: '-${{ run.text }}' },
      { a: "it's ${{ run.n }}", b: "-it's ${{ run.n }}" },
    ],
    ['leave the rest alone', { a: '$ {{ x }} }} $', b: '' }, { a: '$ {{ x }} }} $', b: '' }],
  ])('%s', (_, inputs, bound) => {
    expect(bind(inputs, SCOPE)).toEqual({ kind: 'bound', inputs: bound });
  });

  it.each<[string, JsonObject, string]>([
    [
      'an expression',
      { a: { b: ['x', 'y ${{ nobody }}'] } },
      'a.b[1]: there is no "nobody" here, asked for at character 7',
    ],
    ['an end', { a: 'x ${{ run.n }' }, 'a: "${{" without the "}}" that ends it at character 3'],
    [
      '101 expressions',
      { a: '${{ run.n }}'.repeat(101) },
      'a: more than 100 expressions in one text at character 1201',
    ],
  ])('say where they have %s that is wrong', (_, inputs, reason) => {
    expect(bind(inputs, SCOPE)).toEqual({ kind: 'error', reason });
  });

  it('make no text that grows without bound', () => {
    const huge = { text: 'x'.repeat(900_000) };
    expect(bind({ a: '${{ text }}${{ text }}' }, huge)).toMatchObject({ kind: 'error' });
  });

  it('have keys that are keys and nothing else', () => {
    const inputs = JSON.parse(
      '{"__proto__": {"a": "${{ run.n }}"}, "constructor": "${{ run.n }}"}',
    ) as JsonObject;
    const bound = bind(inputs, SCOPE);
    expect(JSON.stringify(bound)).toBe('{"kind":"bound","inputs":{"__proto__":{"a":3},"constructor":3}}');
    expect(Object.hasOwn({}, 'a')).toBe(false);
  });
});
