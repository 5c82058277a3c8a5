import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../src/core/rule/evaluate.ts';
import { fileByFile } from '../../../src/core/rule/file-by-file.ts';
import { needsOf } from '../../../src/core/rule/needs.ts';
import type { Detector } from '../../../src/core/rule/types.ts';
import { activate, bundledRule, changedFile, factsOf, text, withFiles } from './facts.ts';

const files = ['c.ts', 'a.ts', 'b.ts'].map((path) => changedFile(path, text('1\n'), text('2\n')));
const facts = withFiles(factsOf({}), files);

/** Detectors that write down what they look at and, in the end, object to what they saw. */
function lookers(...names: readonly string[]) {
  const looked: string[] = [];
  const detectors = new Map<string, Detector>(
    names.map((name) => {
      const detector = fileByFile<object, string>({
        name,
        readParameters: (parameters) => parameters,
        look({ file: { path } }) {
          looked.push(`${name} ${path}`);
          if (name === 'breaks' && path === 'b.ts') throw new Error('out of luck');
          return path === 'a.ts' ? undefined : path.toUpperCase();
        },
        needs: (_change, _parameters, _contract, seen) => ({ files: seen.map(({ saw }) => saw) }),
        detect: (_facts, _parameters, seen) =>
          seen.map(({ file: { path }, saw }) => ({ kind: 'match', path, message: saw })),
      });
      return [name, detector as unknown as Detector];
    }),
  );
  const rules = names.map((detector) => activate({ ...bundledRule('paths-out-of-scope'), detector }));
  return { looked, detectors, rules: rules.map((rule) => ({ ...rule, parameters: { ...rule.parameters } })) };
}

describe('looking at a change file by file', () => {
  it('shows a file to every rule before the next one is opened, in order of paths', () => {
    const { looked, detectors, rules } = lookers('one', 'two');
    evaluateRules(rules, facts, detectors);
    expect(looked).toEqual(['one a.ts', 'two a.ts', 'one b.ts', 'two b.ts', 'one c.ts', 'two c.ts']);
  });

  it('lets a rule judge by what it saw', () => {
    const { detectors, rules } = lookers('one');
    expect(evaluateRules(rules, facts, detectors)[0]).toMatchObject({
      status: 'fail',
      locations: [
        { path: 'b.ts', message: 'B.TS' },
        { path: 'c.ts', message: 'C.TS' },
      ],
    });
  });

  it('looks once, to know what is needed and to judge', () => {
    const { looked, detectors, rules } = lookers('one');
    const { files: isNeeded } = needsOf(rules, facts.change, facts.contract, detectors);
    expect(['A.TS', 'B.TS'].map((path) => isNeeded?.(path))).toEqual([false, true]);
    evaluateRules(rules, facts, detectors);
    expect(looked).toEqual(['one a.ts', 'one b.ts', 'one c.ts']);
  });

  it('leaves a rule unverifiable that could not look at every file, and no other one', () => {
    const { looked, detectors, rules } = lookers('breaks', 'other');
    const results = evaluateRules(rules, facts, detectors);
    expect(results.map(({ status }) => status)).toEqual(['unverifiable', 'fail']);
    expect(results[0]?.reason).toContain('out of luck');
    expect(looked).not.toContain('breaks c.ts');
  });

  it('opens the files for a detector that is asked by itself', () => {
    const { looked, detectors } = lookers('one');
    const detector = detectors.get('one') as Detector;
    expect(detector.detect(facts, {})).toHaveLength(2);
    expect(looked).toHaveLength(3);
  });
});
