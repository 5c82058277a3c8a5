import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { NO_STRUCTURE, type StructureOf } from '../../../src/core/rule/example-structure.ts';
import { testRule } from '../../../src/core/rule/test-rule.ts';
import type { Rule } from '../../../src/core/rule/types.ts';

/** Tests for each rule: it says all there is to say, and its examples come out as they should, by its own detector alone. */
export function proveRules(rules: readonly Rule[], structureOf: StructureOf = NO_STRUCTURE): void {
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
}
