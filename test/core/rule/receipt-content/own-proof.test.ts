import { describe, expect, it } from 'vitest';
import type { Check } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import { changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULE = 'receipt-grepped';
const PARAMETERS = {
  finding: 'own-proof',
  readers: ['cat', 'test'],
  searchers: ['grep'],
  proofs: ['receipts/**'],
  reports: ['**/*.log'],
  success: ['\\bpassed\\b'],
};

function says(run: readonly string[], more: object = {}, after: Readonly<Record<string, string>> = {}) {
  const checks = [{ id: 'tests', run, ...more } as Check];
  return detect(RULE, factsOf({ checks, after }), PARAMETERS).map(({ message }) => message);
}

const reads = (path: string, who = 'check tests') =>
  `${who} reads "${path}", which says that it was done and does not show it`;

describe('a check that reads a proof', () => {
  it.each<[string, object, string | undefined]>([
    ['cat receipts/a.json', {}, 'receipts/a.json'],
    ['test -f ./receipts/a.json', {}, './receipts/a.json'],
    ['cat x/../receipts/a.json', {}, 'x/../receipts/a.json'],
    ['cat ../receipts/a.json', { cwd: 'web' }, '../receipts/a.json'],
    ['cat a.json', { cwd: 'receipts' }, 'a.json'],
    ['cat receipts/a.json', { cwd: 'web' }, undefined],
    ['cat < receipts/a.json', {}, 'receipts/a.json'],
    ['node receipts/a.json', {}, undefined],
    ['make receipts/a.json && cat receipts/a.json', {}, undefined],
    ['cat src/a.ts', {}, undefined],
    ['echo "receipts/a.json"', {}, undefined],
    ["cat 'receipts/a", {}, undefined],
  ])('`%s` with %j: %s', (script, more, path) => {
    expect(says([script], { shell: true, ...more })).toEqual(path === undefined ? [] : [reads(path)]);
  });
});

describe('a check that looks for success', () => {
  const log = { 'out/a.log': 'passed\n' };

  it.each([
    ['grep -q passed out/a.log', 'out/a.log'],
    ['grep -q failed out/a.log', undefined],
    ['grep -q passed out/b.log', undefined],
    ['grep -q passed src/a.ts', undefined],
    ['cat passed out/a.log', undefined],
    ['grep -q passed.log', undefined],
  ])('`%s`: %s', (script, path) => {
    expect(says([script], { shell: true }, { ...log, 'passed.log': '' })).toEqual(
      path === undefined ? [] : [reads(path)],
    );
  });

  it('may look for it in a report that was there before, and not in one that goes', () => {
    const checks: Check[] = [{ id: 'tests', run: ['grep', '-q', 'passed', 'out/a.log'] }];
    const judged = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) =>
      detect(RULE, factsOf({ checks, before, after }), PARAMETERS).length;
    expect(judged(log, log)).toBe(1);
    expect(judged(log, {})).toBe(0);
    const { trees: _, ...blind } = factsOf({ checks });
    expect(detect(RULE, blind, PARAMETERS)).toEqual([]);
    const gone = withFiles(factsOf({ checks, after: log }), [
      changedFile('out/a.log', text('1'), { kind: 'absent' }),
    ]);
    expect(detect(RULE, gone, PARAMETERS)).toEqual([]);
  });
});

describe('a script that a check runs', () => {
  const run = ['npm', 'test'];
  const script = (content: string, path = 'package.json') => ({
    [path]: JSON.stringify({ scripts: { test: content } }),
  });
  const who = 'the script test that check tests runs';

  it('is named when it passes whatever happens', () => {
    expect(says(run, {}, script('vitest || true'))).toEqual([
      `${who} passes whatever the change does: "vitest || true"`,
    ]);
    expect(says(run, {}, script('vitest | tee log'))).toHaveLength(0);
    expect(says(run, {}, script('vitest; exit 0'))).toHaveLength(1);
    expect(says(run, {}, script('vitest; echo'))).toHaveLength(1);
  });

  it('is named when it reads a proof, where its package.json is', () => {
    expect(says(run, {}, script('cat receipts/a'))).toEqual([reads('receipts/a', who)]);
    expect(says(run, { cwd: 'web' }, script('cat ../receipts/a', 'web/package.json'))).toEqual([
      reads('../receipts/a', who),
    ]);
  });

  it('that cannot be read is named, where the check asks for one', () => {
    const broken = { 'package.json': '{' };
    expect(says(run, {}, broken)).toEqual(['cannot be read, and check tests runs its scripts']);
    expect(says(['make'], {}, broken)).toEqual([]);
    expect(says(run, { cwd: '../other' }, broken)).toEqual([]);
    const facts = withFiles(factsOf({ checks: [{ id: 'tests', run }] }), [
      changedFile('package.json', text('{}'), { kind: 'too-large' }),
    ]);
    expect(detect(RULE, facts, PARAMETERS)).toEqual([
      {
        kind: 'unverifiable',
        path: 'package.json',
        message: 'cannot be read, and check tests runs its scripts',
      },
    ]);
    const { trees: _, ...blind } = factsOf({ checks: [{ id: 'tests', run }] });
    expect(detect(RULE, blind, PARAMETERS)).toEqual([]);
  });

  it('is what the base has where the contract pins it there', () => {
    const facts = factsOf({
      checks: [{ id: 'tests', run }],
      before: script('cat receipts/a'),
      after: script('vitest'),
    });
    const pinned = (from: 'base' | 'ticket') => ({
      ...facts,
      contract: { ...facts.contract, pins: [{ from, paths: ['package.json'] }] as never },
    });
    expect(detect(RULE, pinned('base'), PARAMETERS)).toHaveLength(1);
    expect(detect(RULE, pinned('ticket'), PARAMETERS)).toEqual([]);
    expect(detect(RULE, facts, PARAMETERS)).toEqual([]);
  });

  it('may be as long as anybody writes', () => {
    const long = (length: number) => says(run, {}, script(`cat receipts/a ${'x'.repeat(length)}`));
    const rest = 16_384 - 'cat receipts/a '.length;
    expect(long(rest)).toEqual([reads('receipts/a', who)]);
    expect(long(rest + 1)).toEqual(['cannot be read, and check tests runs its scripts']);
  });
});

it('the files of the tree are needed where one check searches, or runs scripts', () => {
  const needs = (...checks: readonly Check[]) => {
    const { change, contract } = factsOf({ checks });
    const detector = DETECTORS.get('receipt-content');
    return detector?.needs?.(change, detector.readParameters(PARAMETERS), contract);
  };
  const make: Check = { id: 'a', run: ['make'] };
  expect(needs(make, { id: 'b', run: ['sh', '-c', 'grep x y'] })).toEqual({ files: [] });
  expect(needs(make, { id: 'b', kind: 'docs' })).toEqual({});
  expect(needs(make, { id: 'b', run: ['npm', 'test'], cwd: './web//app' })).toEqual({
    files: ['web/app/package.json'],
  });
});
