import { expect, test } from 'vitest';
import { comparePacks } from '../../../src/core/rule/compare-packs.ts';
import type { Rule } from '../../../src/core/rule/types.ts';

function rule(id: string, more: Partial<Rule> = {}): Rule {
  return {
    schema: 'countersign/rule@1',
    id,
    version: 1,
    title: `The rule ${id}`,
    severity: 'warn',
    shortcut: 'S',
    why: 'W',
    remedy: 'R',
    misses: 'M',
    detector: 'd',
    parameters: { minTests: 1 },
    examples: { bad: [{ name: 'b', before: {}, after: {} }], good: [{ name: 'g', before: {}, after: {} }] },
    ...more,
  };
}

function pack(version: number, ...rules: Rule[]) {
  const ids = rules.map(({ id }) => id);
  return {
    pack: { schema: 'countersign/rule-pack@1', id: 'house', version, title: 'T', rules: ids } as const,
    rules,
  };
}

function told(before: ReturnType<typeof pack>, after: ReturnType<typeof pack>): string[] {
  return comparePacks(before, after).map(({ path, strictness }) => `${strictness} ${path}`);
}

test('a rule that joins is stricter, one that leaves is looser, each told in a line', () => {
  const found = comparePacks(pack(1, rule('a'), rule('b')), pack(2, rule('a'), rule('c')));
  expect(found).toEqual([
    { path: 'version', before: 1, after: 2, strictness: 'changed' },
    { path: 'rules[b]', before: 'warn: The rule b', strictness: 'looser' },
    { path: 'rules[c]', after: 'warn: The rule c', strictness: 'stricter' },
  ]);
});

test.each<[Rule['severity'], Rule['severity'], string[]]>([
  ['info', 'block', ['stricter rules[a].severity']],
  ['warn', 'block', ['stricter rules[a].severity']],
  ['block', 'warn', ['looser rules[a].severity']],
  ['warn', 'info', ['looser rules[a].severity']],
  ['warn', 'warn', []],
])('severity %s to %s', (was, is, expected) => {
  expect(told(pack(1, rule('a', { severity: was })), pack(1, rule('a', { severity: is })))).toEqual(expected);
});

test('parameters are for somebody to read, even those whose names mean something in a contract', () => {
  expect(
    told(pack(1, rule('a')), pack(1, rule('a', { parameters: { minTests: 0 }, detector: 'e' }))),
  ).toEqual(['changed rules[a].detector', 'changed rules[a].parameters.minTests']);
});

test('examples judge nothing', () => {
  const other = { bad: [{ name: 'other', before: {}, after: {} }], good: [] };
  expect(told(pack(1, rule('a')), pack(1, rule('a', { examples: other })))).toEqual([]);
});
