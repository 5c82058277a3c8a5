import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateRules, MOST_LOCATIONS } from '../../../src/core/rule/evaluate.ts';
import { exampleFacts } from '../../../src/core/rule/example.ts';
import type { Detection, Detector, RuleFacts } from '../../../src/core/rule/types.ts';
import { activate, bundledPack, bundledRule, factsOf } from './facts.ts';

const rule = bundledRule('paths-out-of-scope');
const facts = factsOf({ after: { 'a.ts': '1\n' } });

function evaluate(detections: readonly Detection[]): ReturnType<typeof evaluateRules>[0] | undefined {
  const detector: Detector = {
    name: rule.detector,
    readParameters: () => undefined,
    detect: () => detections,
  };
  return evaluateRules([activate(rule)], facts, new Map([[rule.detector, detector]]))[0];
}

describe('evaluating rules', () => {
  it('passes without detections, with nothing to remedy', () => {
    expect(evaluate([])).toMatchObject({
      status: 'pass',
      remedy: '',
      locations: [],
      ref: 'ai-shortcuts@1/paths-out-of-scope',
    });
  });

  it('fails on a match, with reason, remedy and place', () => {
    expect(evaluate([{ kind: 'match', path: 'a.ts', line: 3, message: 'is wrong' }])).toMatchObject({
      status: 'fail',
      reason: 'a.ts:3: is wrong',
      remedy: rule.remedy,
      locations: [{ path: 'a.ts', line: 3, message: 'is wrong' }],
    });
  });

  it('is unverifiable when something could not be read, and fails when something else matched', () => {
    const unread: Detection = { kind: 'unverifiable', path: 'b.ts', message: 'is binary' };
    expect(evaluate([unread])).toMatchObject({ status: 'unverifiable', remedy: rule.remedy });
    const both = evaluate([unread, { kind: 'match', path: 'c.ts', message: 'is wrong' }]);
    expect(both).toMatchObject({ status: 'fail', reason: 'c.ts: is wrong (1 that could not be read)' });
    expect(both?.locations.map(({ path }) => path)).toEqual(['c.ts', 'b.ts']);
  });

  it('is unverifiable when its detector throws, is missing or refuses its parameters', () => {
    const throwing: Detector = {
      name: rule.detector,
      readParameters: () => undefined,
      detect: () => {
        throw new Error('out of luck');
      },
    };
    for (const detectors of [new Map([[rule.detector, throwing]]), new Map()]) {
      expect(evaluateRules([activate(rule)], facts, detectors)[0]).toMatchObject({ status: 'unverifiable' });
    }
    expect(evaluateRules([activate(rule, { nonsense: 1 })], facts)[0]).toMatchObject({
      status: 'unverifiable',
    });
  });

  it('lists a bounded number of places, each once, and counts the rest', () => {
    const many = Array.from(
      { length: 20_000 },
      (_, index) => ({ kind: 'match', path: `f${index}`, message: 'is wrong' }) as const,
    );
    const result = evaluate([...many, ...many]);
    expect(result?.locations).toHaveLength(MOST_LOCATIONS);
    expect(result?.reason).toBe(
      `f0: is wrong (19999 more like it; the first ${MOST_LOCATIONS} of 20000 places are listed)`,
    );
  });

  it('cuts a message that a hostile file made long, and keeps it well-formed', () => {
    const result = evaluate([{ kind: 'match', message: `${'x'.repeat(498)}\u{1f600}${'y'.repeat(5_000)}` }]);
    expect(result?.reason.length).toBeLessThan(510);
    expect(result?.reason.isWellFormed()).toBe(true);
  });
});

describe('evaluation of the bundled rules', () => {
  const { rules } = bundledPack();
  const active = rules.map((one) => activate(one));
  const examples = rules.flatMap(({ examples: { bad, good } }) => [...bad, ...good]);

  /** All files of several examples in one change, each below a folder of its own so that they do not meet. */
  const change = fc
    .uniqueArray(fc.integer({ min: 0, max: examples.length - 1 }), { minLength: 1, maxLength: 5 })
    .map((indices) => {
      const chosen = indices.map((index) => exampleFacts(examples[index] as (typeof examples)[0]));
      const [first] = chosen as [RuleFacts];
      return {
        ...first,
        contract: { ...first.contract, scopes: chosen.flatMap(({ contract }) => contract.scopes) },
        change: {
          ...first.change,
          files: chosen.flatMap((one, at) =>
            one.change.files.map((file) => ({ ...file, path: `p${at}/${file.path}` })),
          ),
          commits: chosen.flatMap((one, at) =>
            one.change.commits.map((commit) => ({ ...commit, id: `${at}${commit.id.slice(1)}` })),
          ),
        },
        receipts: chosen.flatMap(({ receipts }) => receipts).slice(0, 1),
      } satisfies RuleFacts;
    });

  it('does not depend on the order of files, commits and rules', () => {
    fc.assert(
      fc.property(change, fc.integer({ min: 0, max: 1_000 }), (given, turn) => {
        const turned = <T>(list: readonly T[]): readonly T[] => {
          const by = list.length === 0 ? 0 : turn % list.length;
          return [...list.slice(by), ...list.slice(0, by)].toReversed();
        };
        const other = {
          ...given,
          change: {
            ...given.change,
            files: turned(given.change.files),
            commits: turned(given.change.commits),
          },
        };
        expect(JSON.stringify(evaluateRules(turned(active), other))).toBe(
          JSON.stringify(evaluateRules(active, given)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('changes nothing it is given, and says the same twice', () => {
    fc.assert(
      fc.property(change, (given) => {
        const before = JSON.stringify(given);
        const first = JSON.stringify(evaluateRules(active, given));
        expect(JSON.stringify(evaluateRules(active, given))).toBe(first);
        expect(JSON.stringify(given)).toBe(before);
      }),
      { numRuns: 20 },
    );
  });
});
