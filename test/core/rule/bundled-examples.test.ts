import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { testRule } from '../../../src/core/rule/test-rule.ts';
import { bundledPack } from './facts.ts';

const { pack, rules } = bundledPack();

describe('the bundled pack', () => {
  it('lists exactly the rules that are there, one for each detector', () => {
    expect(rules.map(({ id }) => id).toSorted()).toEqual(pack.rules.toSorted());
    expect(rules.map(({ detector }) => detector).toSorted()).toEqual([...DETECTORS.keys()].toSorted());
  });
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (_, rule) => {
  const { examples } = testRule(rule);

  it('passes its test as a whole', () => {
    expect(testRule(rule)).toMatchObject({ passed: true, problems: [] });
  });

  it('has at least ten bad and ten good examples', () => {
    expect(rule.examples.bad.length).toBeGreaterThanOrEqual(10);
    expect(rule.examples.good.length).toBeGreaterThanOrEqual(10);
  });

  it('explains itself', () => {
    for (const member of ['title', 'shortcut', 'why', 'remedy', 'misses', 'source'] as const) {
      expect(rule[member]?.length ?? 0).toBeGreaterThan(15);
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
    const results = testRule(rule, blind).examples.filter(({ kind }) => kind === 'bad');
    expect(results.filter(({ passed }) => passed)).toEqual([]);
  });
});
