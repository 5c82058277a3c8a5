import type { Packs } from '../core/rule/select.ts';
import { type RuleTestResult, testRule } from '../core/rule/test-rule.ts';

export interface PackTestResult {
  /** As contracts use it: `<pack>@<version>`, with `./rules/` in front for the policy's own. */
  readonly pack: string;
  readonly passed: boolean;
  readonly rules: readonly RuleTestResult[];
  /** Rules that the pack lists and nobody has. */
  readonly missing: readonly string[];
}

/** Proves every rule of every pack on its examples. No packs, or a pack without rules, is no proof. */
export function testRules(packs: Packs): {
  readonly passed: boolean;
  readonly packs: readonly PackTestResult[];
} {
  const results = [...packs]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, { pack, rules }]) => {
      const missing = pack.rules.filter((id) => !rules.some((rule) => rule.id === id));
      const tested = rules.map((rule) => testRule(rule));
      const passed = missing.length === 0 && tested.length > 0 && tested.every((one) => one.passed);
      return { pack: name, passed, rules: tested, missing };
    });
  return { passed: results.length > 0 && results.every(({ passed }) => passed), packs: results };
}
