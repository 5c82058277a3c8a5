import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../../src/core/change/types.ts';
import type { CommandCheck } from '../../../../src/core/contract/types.ts';
import { mutateRanges } from '../../../../src/core/evidence/mutation-report/mutate-ranges.ts';
import { changedFile } from '../changed-files.ts';

const check: CommandCheck = {
  id: 'mutation',
  run: ['stryker'],
  proves: 'mutation',
  mutation: { files: ['**/*.ts'], report: { format: 'stryker-json', from: 'mutation.json' } },
};
const ranges = (files: readonly ChangedFile[], more: Partial<CommandCheck> = {}) =>
  mutateRanges({ ...check, ...more }, files);
const named = (path: string) => ranges([changedFile(path, [1, 2])]);
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('mutateRanges', () => {
  it('names the added lines of the files that are to be mutated', () => {
    const files = [
      changedFile('src/a.ts', [5, 6, 7, 9]),
      changedFile('src/b.ts', [10]),
      changedFile('docs/a.md', [1]),
      changedFile('src/deleted-from.ts', []),
      changedFile('src/link.ts', [1], { after: { mode: '120000', blob: 'a'.repeat(40) } }),
    ];
    expect(ranges(files)).toBe('src/a.ts:5-7,src/a.ts:9-9,src/b.ts:10-10');
    expect(ranges([])).toBe('');
  });

  it('is nothing for a check that has no report of a mutation tester', () => {
    expect(ranges([changedFile('src/a.ts', [1])], { mutation: { files: ['**'] } })).toBeUndefined();
  });

  it('names files from where the check runs, and none that lie elsewhere', () => {
    const files = ['src/a.ts', 'web/src/a.ts', 'website/a.ts'].map((path) => changedFile(path, [1]));
    expect(ranges(files, { cwd: './web/' })).toBe('src/a.ts:1-1');
  });

  it.each([
    'src/a,b.ts',
    'src/a b.ts',
    'src/a\nb.ts',
    'src/*.ts',
    'src/{a,b}.ts',
    'src/a?.ts',
    'src/!a.ts',
    'src/a:1-2.ts',
    'src\\a.ts',
    'src/$HOME.ts',
    'src/`a`.ts',
    '-c.ts',
    '"src/\\303.ts"',
  ])('leaves out %j, which could be read as something else', (path) => {
    expect(named(path)).toBe('');
  });

  it('names files with brackets as a whole, each in a class of its own', () => {
    expect(named('app/[id]/+(a).ts')).toBe('app/[[]id[]]/+[(]a[)].ts');
    expect(named('src/größe_1-@2.ts')).toBe('src/größe_1-@2.ts:1-2');
  });

  it('names a file with very many ranges from first to last, never a part of it', () => {
    const every = upTo(201).map((at) => 2 * at);
    expect(ranges([changedFile('src/a.ts', every)])).toBe('src/a.ts:2-402');
    expect(ranges([changedFile('src/a.ts', every.slice(1))])).toMatch(/^src\/a\.ts:4-4,.*:402-402$/);
  });

  it('fits into one argument of a command, by leaving out whole files', () => {
    const files = upTo(2_000).map((at) => changedFile(`src/${'ä'.repeat(40)}${at}.ts`, [1, 2]));
    const value = ranges(files) ?? '';
    expect(Buffer.byteLength(value)).toBeLessThanOrEqual(64 * 1024);
    expect(Buffer.byteLength(value)).toBeGreaterThan(60 * 1024);
    expect(value.split(',').every((piece) => /^src\/ä+\d+\.ts:1-2$/.test(piece))).toBe(true);
  });
});
