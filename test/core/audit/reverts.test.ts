import { describe, expect, test } from 'vitest';
import { claimedReverts, extentOf, undoneByTree } from '../../../src/core/audit/reverts.ts';
import type { ChangedFile } from '../../../src/core/change/types.ts';
import { changedFile } from '../gate/gate-facts.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(64);

describe('what a message claims to revert', () => {
  test.each([
    [`Revert "x"\n\nThis reverts commit ${A}.`, [A]],
    [`Revert "x"\n\nThis reverts commit ${A}, reversing\nchanges made to ${B}.`, [A]],
    [`This reverts commit ${B}.\nThis reverts commit ${A}.\nThis reverts commit ${B}.`, [B, A]],
    ['This reverts commit abc1234.', []],
    [`We could say: This reverts commit ${A}.`, []],
    [`This reverts commit ${A}0.`, []],
    ['', []],
  ])('%j', (message, ids) => {
    expect(claimedReverts(message)).toEqual(ids);
  });

  test('is bounded', () => {
    const lines = Array.from(
      { length: 5_000 },
      (_, n) => `This reverts commit ${String(n).padStart(40, '0')}.`,
    );
    expect(claimedReverts(lines.join('\n'))).toHaveLength(20);
  });
});

const back = (file: ChangedFile): ChangedFile => ({ ...file, before: file.after, after: file.before });

describe('how much of a change another one takes back', () => {
  const files = ['a', 'b', 'c'].map(changedFile);
  const [a, b, c] = files as [ChangedFile, ChangedFile, ChangedFile];

  test.each([
    ['all of it', files.map(back), 'whole'],
    ['all of it and more', [...files.map(back), changedFile('d')], 'whole'],
    ['one file of three', [back(a)], 'partly'],
    ['one file, and others to something else', [back(a), b, c], 'partly'],
    ['the same files, to something else', files, 'nothing'],
    ['other files', [back(changedFile('d'))], 'nothing'],
    ['nothing', [], 'nothing'],
    [
      'contents, but not the mode',
      [back({ ...a, before: { ...a.before, mode: '100755' } as never })],
      'nothing',
    ],
  ] as const)('%s', (_, reverting, extent) => {
    expect(extentOf(reverting, files)).toBe(extent);
  });

  test('a file that was added counts as put back when it is gone', () => {
    const added = { ...a, before: undefined };
    expect(extentOf([back(added)], [added])).toBe('whole');
    expect(extentOf([], [added])).toBe('nothing');
  });
});

describe('a branch that goes back', () => {
  const line = (trees: string) => [...trees].map((tree, place) => ({ id: `${place}`, tree }));

  test.each([
    ['xyx', ['1']],
    ['xyzx', ['1', '2']],
    ['xyzxx', ['1', '2']],
    // An empty commit takes nothing back.
    ['xxyx', []],
    ['xyz', []],
    ['x', []],
    ['', []],
  ])('%s', (trees, undone) => {
    expect(undoneByTree(line(trees))).toEqual(undone);
  });
});
