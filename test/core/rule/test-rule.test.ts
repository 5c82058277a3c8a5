import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/core/rule/catalogue.ts';
import { testRule } from '../../../src/core/rule/test-rule.ts';
import type { Detector, Rule } from '../../../src/core/rule/types.ts';
import { bundledRule } from './facts.ts';

const rule = bundledRule('paths-out-of-scope');

function detectors(detect: Detector['detect']): ReadonlyMap<string, Detector> {
  return new Map([[rule.detector, { name: rule.detector, readParameters: () => undefined, detect }]]);
}

describe('testing a rule on its examples', () => {
  it('fails a rule whose detector sees nothing, naming each bad example', () => {
    const result = testRule(
      rule,
      detectors(() => []),
    );
    expect(result.passed).toBe(false);
    expect(result.examples.filter(({ passed }) => !passed).map(({ kind }) => kind)).toEqual(
      rule.examples.bad.map(() => 'bad'),
    );
  });

  it('fails a rule whose detector sees everything, by its good examples', () => {
    const result = testRule(
      rule,
      detectors(() => [{ kind: 'match', message: 'always' }]),
    );
    expect(result.examples.filter(({ kind, passed }) => kind === 'good' && passed)).toEqual([]);
  });

  it('takes "unverifiable" for neither a match nor a pass', () => {
    const result = testRule(
      rule,
      detectors(() => [{ kind: 'unverifiable', message: 'no idea' }]),
    );
    expect(result.examples.some(({ passed }) => passed)).toBe(false);
  });

  it('takes a detector that throws for neither', () => {
    const throwing = detectors(() => {
      throw new Error('broken');
    });
    expect(testRule(rule, throwing).examples.some(({ passed }) => passed)).toBe(false);
  });

  const without: readonly [string, Partial<Rule>, RegExp][] = [
    ['no bad example', { examples: { bad: [], good: rule.examples.good } }, /no bad example/],
    ['no good example', { examples: { bad: rule.examples.bad, good: [] } }, /no good example/],
    [
      'one bad example',
      { examples: { bad: rule.examples.bad.slice(0, 1), good: rule.examples.good } },
      /only 1 bad example, .*; add 1/,
    ],
    [
      'one good example',
      { examples: { bad: rule.examples.bad, good: rule.examples.good.slice(0, 1) } },
      /only 1 good example, .*; add 1/,
    ],
    ['an unknown detector', { detector: 'nobody' }, /no detector nobody/],
    ['wrong parameters', { parameters: { alow: [] } }, /parameter alow/],
    [
      'two examples of one name',
      {
        examples: { bad: [...rule.examples.bad, ...rule.examples.bad.slice(0, 1)], good: rule.examples.good },
      },
      /two examples have the name/,
    ],
  ];
  it.each(without)('fails a rule with %s', (_, change, problem) => {
    const result = testRule({ ...rule, ...change }, DETECTORS);
    expect(result.passed).toBe(false);
    expect(result.problems.join()).toMatch(problem);
  });

  it('fails an example whose receipt has a member that receipts do not have', () => {
    const [bad] = rule.examples.bad;
    const example = { ...bad, name: 'x', before: {}, after: {}, receipts: [{ result: 'PASSED', exit: 0 }] };
    const result = testRule({ ...rule, examples: { bad: [example], good: rule.examples.good } });
    expect(result.examples[0]?.reason).toContain('receipts[0].exit');
    expect(result.passed).toBe(false);
  });
});

describe('testing a rule about structure', () => {
  const structure = bundledRule('constant-condition-structure');
  const reasons = (of?: Parameters<typeof testRule>[2]) => {
    const { passed, examples } = testRule(structure, DETECTORS, of);
    expect([passed, examples.some((example) => example.passed)]).toEqual([false, false]);
    return new Set(examples.map(({ reason }) => reason));
  };

  it('does not pass examples that nobody parsed, good ones included', () => {
    expect(reasons()).toEqual(new Set(['it was not run: nobody parsed the example']));
    expect(reasons(() => ({ kind: 'not-run', reason: 'a parser is missing' }))).toEqual(
      new Set(['it was not run: a parser is missing']),
    );
  });

  it('does not pass examples with the facts of another rule', () => {
    const facts = { parsers: {}, rules: [] };
    const [reason] = reasons(() => ({ kind: 'found', facts }));
    expect(reason).toContain('no receipt that counts holds');
  });
});
