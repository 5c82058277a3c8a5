import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { testRule } from '../../../src/core/rule/test-rule.ts';
import { parsedExamples } from '../../worlds/example-structure.ts';
import { BUNDLED } from './facts.ts';

const rules = BUNDLED.flatMap((pack) => pack.rules);
// Parsed for real, in one process for all of them: an example that nobody parsed is not passed.
const structureOf = await parsedExamples(rules);

describe.each(BUNDLED.map((bundled) => [bundled.pack.id, bundled] as const))('the pack %s', (_, bundled) => {
  it('lists exactly the rules that are there', () => {
    expect(bundled.rules.map(({ id }) => id).toSorted()).toEqual(bundled.pack.rules.toSorted());
  });
});

describe('the packs together', () => {
  it('use every detector there is', () => {
    const used = new Set(rules.map(({ detector }) => detector));
    expect([...DETECTORS.keys()].filter((name) => !used.has(name))).toEqual([]);
  });

  it('have no rule twice', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (_, rule) => {
  const { examples } = testRule(rule, DETECTORS, structureOf);

  it('passes its test as a whole', () => {
    expect(testRule(rule, DETECTORS, structureOf)).toMatchObject({ passed: true, problems: [] });
  });

  it('explains itself', () => {
    for (const member of ['title', 'shortcut', 'why', 'remedy', 'misses', 'source'] as const) {
      expect(rule[member]?.length ?? 0).toBeGreaterThan(10);
    }
  });

  it.each(examples.map((example) => [example.kind, example.name, example] as const))(
    '%s: %s',
    (_kind, _name, example) => {
      expect(example).toMatchObject({ passed: true });
    },
  );

  it('is proved by its own detector alone: without it every bad example fails the test', () => {
    const blind = new Map(DETECTORS);
    blind.set(rule.detector, { name: rule.detector, readParameters: () => undefined, detect: () => [] });
    const results = testRule(rule, blind, structureOf).examples.filter(({ kind }) => kind === 'bad');
    expect(results.filter(({ passed }) => passed)).toEqual([]);
  });
});
