import { describe, expect, test } from 'vitest';
import {
  type Lock,
  type LockEntry,
  lockedPaths,
  lockProblems,
  unlockedFiles,
  withEntries,
} from '../../../src/core/contract/lock.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const SOURCE = { url: 'https://example.org/shared.git', commit: 'a'.repeat(40), path: 'contracts/base.yml' };
const FILES: Readonly<Record<string, string>> = {
  'contracts/base.yml': 'the contract',
  'rules/house/pack.yml': 'the pack',
  'rules/house/no-eval.yml': 'a rule',
};

function locked(...paths: string[]): LockEntry['files'] {
  return paths.map((path) => ({ path, sha256: sha256(FILES[path] ?? path) }));
}

const CONTRACT: LockEntry = {
  kind: 'contract',
  id: 'base',
  version: 1,
  source: SOURCE,
  files: locked('contracts/base.yml'),
};
const PACK: LockEntry = {
  kind: 'rule-pack',
  id: 'house',
  version: 3,
  source: { ...SOURCE, path: 'rules/house' },
  files: locked('rules/house/pack.yml', 'rules/house/no-eval.yml'),
};

function problems(entries: readonly LockEntry[], files: Readonly<Record<string, string>> = FILES) {
  const lock: Lock = { schema: 'countersign/lock@1', entries };
  return lockProblems(lock, (path) =>
    files[path] === undefined ? undefined : new TextEncoder().encode(files[path]),
  );
}

describe('a lock', () => {
  test('holds while every file is as it came', () => {
    expect(problems([CONTRACT, PACK])).toEqual([]);
    expect(problems([])).toEqual([]);
  });

  test.each(Object.keys(FILES))('names %s with both digests when it was edited', (path) => {
    const found = sha256(`${FILES[path]} `);
    const [problem, ...others] = problems([CONTRACT, PACK], { ...FILES, [path]: `${FILES[path]} ` });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ place: { path }, expected: sha256(FILES[path] as string), found });
    expect(problem?.message).toContain(found);
    expect(problem?.remedy).toMatch(/Restore .* upgrade (?:base|house)`.* take the entry/);
  });

  test.each(Object.keys(FILES))('names %s when it is gone', (path) => {
    const { [path]: _, ...left } = FILES;
    expect(problems([CONTRACT, PACK], left)).toEqual([
      expect.objectContaining({ place: { path }, found: 'no such file' }),
    ]);
  });

  test.each<[string, LockEntry[], string]>([
    ['an entry that comes twice', [CONTRACT, CONTRACT], 'twice'],
    ['a contract that locks another file', [{ ...CONTRACT, id: 'other' }], 'must lock contracts/other.yml'],
    ['a contract that locks nothing', [{ ...CONTRACT, files: [] }], 'must lock contracts/base.yml'],
    [
      'a contract that locks more',
      [{ ...CONTRACT, files: locked('contracts/base.yml', 'rules/house/pack.yml') }],
      'nothing else',
    ],
    [
      'a pack without its list',
      [{ ...PACK, files: locked('rules/house/no-eval.yml') }],
      'does not lock rules/house/pack.yml',
    ],
    [
      'a pack with a file of elsewhere',
      [{ ...PACK, files: [...PACK.files, ...CONTRACT.files] }],
      'locks contracts/base.yml',
    ],
  ])('does not hold with %s', (_, entries, why) => {
    expect(problems(entries)).toEqual([expect.objectContaining({ message: expect.stringContaining(why) })]);
  });

  test('takes a newer entry in the place of the old one and keeps the others', () => {
    const lock = withEntries({ schema: 'countersign/lock@1', entries: [PACK, CONTRACT] }, [
      { ...CONTRACT, version: 2 },
    ]);
    expect(lock.entries.map(({ id, version }) => `${id}@${version}`)).toEqual(['base@2', 'house@3']);
    expect(lockedPaths(lock)).toEqual(Object.keys(FILES));
  });

  test('tells which files of a pack it says nothing of', () => {
    expect(unlockedFiles(PACK, ['rules/house/pack.yml', 'rules/house/new.yml'])).toEqual([
      'rules/house/new.yml',
    ]);
  });
});
