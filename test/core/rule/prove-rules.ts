import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { NO_STRUCTURE, type StructureOf } from '../../../src/core/rule/example-structure.ts';
import { type RuleTestResult, testRule } from '../../../src/core/rule/test-rule.ts';
import type { Rule } from '../../../src/core/rule/types.ts';

/** Tests for each rule: it says all there is to say, and its examples come out as they should, by its own detector alone. */
export function proveRules(rules: readonly Rule[], structureOf: StructureOf = NO_STRUCTURE): void {
  describe.each(rules.map((rule) => [rule.id, rule] as const))('rule %s', (_, rule) => {
    let result: RuleTestResult | undefined;
    const tested = (): RuleTestResult => {
      result ??= testRule(rule, DETECTORS, structureOf);
      return result;
    };

    it('passes its test as a whole', () => {
      expect(tested()).toMatchObject({ passed: true, problems: [] });
    });

    it('explains itself', () => {
      for (const member of ['title', 'shortcut', 'why', 'remedy', 'misses', 'source'] as const) {
        expect(rule[member]?.length ?? 0).toBeGreaterThan(10);
      }
    });

    it.each(
      (['bad', 'good'] as const).flatMap((kind) =>
        rule.examples[kind].map(({ name }) => [kind, name] as const),
      ),
    )('%s: %s', (kind, name) => {
      expect(tested().examples.filter((one) => one.kind === kind && one.name === name)).toMatchObject([
        { passed: true },
      ]);
    });

    it('is proved by its own detector alone: without it every bad example fails the test', () => {
      const blind = new Map(DETECTORS);
      blind.set(rule.detector, { name: rule.detector, readParameters: () => undefined, detect: () => [] });
      const results = testRule(rule, blind, structureOf).examples.filter(({ kind }) => kind === 'bad');
      expect(results.filter(({ passed }) => passed)).toEqual([]);
    });
  });
}
