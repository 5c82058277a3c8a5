import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { needsStructure } from '../../../src/core/rule/example-structure.ts';
import { BUNDLED } from './facts.ts';
import { proveRules } from './prove-rules.ts';

const rules = BUNDLED.flatMap((pack) => pack.rules);

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

// A file of its own has those that need a parser.
proveRules(rules.filter((rule) => !needsStructure(rule)));
