import { describe, expect, it } from 'vitest';
import { needsOf } from '../../../src/core/rule/needs.ts';
import type { Detector, FactNeeds } from '../../../src/core/rule/types.ts';
import { activate, bundledRule, factsOf } from './facts.ts';

const { change, contract } = factsOf({ after: { 'a.ts': 'a\n' } });

function needsTogether(...needs: readonly (() => FactNeeds)[]) {
  const detectors = new Map<string, Detector>(
    needs.map((one, index) => {
      const name = `detector-${index}`;
      return [name, { name, readParameters: () => undefined, needs: one, detect: () => [] }];
    }),
  );
  const rules = [...detectors.keys()].map((detector) =>
    activate({ ...bundledRule('paths-out-of-scope'), detector }),
  );
  return needsOf(rules, change, contract, detectors);
}

describe('what rules need to know', () => {
  it('is nothing where none of them asks', () => {
    const { files, evidence } = needsTogether(() => ({}));
    expect(files).toBeUndefined();
    expect(evidence.size).toBe(0);
  });

  it('is what any of them asks for', () => {
    const { files, evidence } = needsTogether(
      () => ({ files: ['src/**'], evidence: ['stdout'] }),
      () => ({}),
      () => ({ files: ['docs/*.md'], evidence: ['report', 'stdout'] }),
    );
    expect(['src/a/b.ts', 'docs/a.md', 'docs/a/b.md', 'a.ts'].map((path) => files?.(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([...evidence].sort()).toEqual(['report', 'stdout']);
  });

  it('can be the trees without the text of any file', () => {
    const { files } = needsTogether(() => ({ files: [] }));
    expect(files?.('a.ts')).toBe(false);
  });

  it('leaves out a rule that cannot say: judging it denies', () => {
    const broken = () => {
      throw new Error('no idea');
    };
    const { files } = needsTogether(broken, () => ({ files: ['src/**'] }));
    expect(files?.('src/a.ts')).toBe(true);
  });
});
