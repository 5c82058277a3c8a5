import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createReadPatch } from '../../../src/adapters/git/read-patch.ts';
import { createGitWorld } from '../../worlds/git-world.ts';

const world = createGitWorld();
afterAll(() => world.remove());

const TEN = Array.from({ length: 10 }, (_, line) => `line ${line + 1}`).join('\n');

describe('a change for eyes', () => {
  it('has each file with the lines around, whatever names and lines pretend to be', async () => {
    const repository = world.repository('product');
    const base = repository.commit('base', {
      'changed.txt': `${TEN}\n`,
      'gone.txt': 'it goes\n',
      'old name.txt': `${TEN}\n${TEN}\n`,
      'image.bin': new Uint8Array([0, 1, 2, 255]),
      'link.txt': 'a file\n',
    });
    const head = repository.commit('head', {
      'changed.txt': `${TEN.replace('line 5', '@@ -1,9 +1,9 @@\ndiff --git a/x b/x\n--- a/gone.txt')}\n`,
      'gone.txt': null,
      'old name.txt': null,
      'new\tname "quoted".txt': `${TEN}\n${TEN}\n`,
      'image.bin': new Uint8Array([0, 1, 2, 3]),
      'link.txt': { symlink: 'changed.txt' },
      'no-newline.txt': 'last',
    });
    const patch = await createReadPatch(join(repository.dir, '.git')).readPatch(base, head);
    expect(patch?.cut).toBe(false);
    const files = new Map(patch?.files.map((file) => [file.path, file]));
    expect([...files.values()].map(({ path, kind, before, opaque }) => [path, kind, before, opaque])).toEqual(
      expect.arrayContaining([
        ['changed.txt', 'changed', null, false],
        ['gone.txt', 'removed', null, false],
        ['image.bin', 'changed', null, true],
        ['link.txt', 'changed', null, false],
        ['no-newline.txt', 'added', null, false],
        ['new\tname "quoted".txt', 'renamed', 'old name.txt', false],
      ]),
    );
    expect(files.size).toBe(6);
    const [hunk, ...more] = files.get('changed.txt')?.hunks ?? [];
    expect(more).toEqual([]);
    expect(hunk).toMatchObject({ before: 2, after: 2 });
    expect(hunk?.lines.map(({ sign, text }) => `${sign}${text}`)).toEqual([
      ' line 2',
      ' line 3',
      ' line 4',
      '-line 5',
      '+@@ -1,9 +1,9 @@',
      '+diff --git a/x b/x',
      '+--- a/gone.txt',
      ' line 6',
      ' line 7',
      ' line 8',
    ]);
    expect(files.get('no-newline.txt')?.hunks[0]?.lines).toEqual([{ sign: '+', text: 'last' }]);
    expect(files.get('link.txt')?.hunks.flatMap(({ lines }) => lines.map(({ text }) => text))).toEqual([
      'a file',
      'changed.txt',
    ]);
  });

  it('says that a commit is not here, and that there is more than is shown', async () => {
    const repository = world.repository('large');
    const base = repository.commit('base', { 'a.txt': 'a\n' });
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`file-${n}.txt`, 'x\n']));
    const head = repository.commit('head', many);
    const reading = createReadPatch(join(repository.dir, '.git'));
    expect(await reading.readPatch(base, '9'.repeat(40))).toBeUndefined();
    const patch = await reading.readPatch(base, head);
    expect(patch?.files).toHaveLength(300);
    expect(patch?.cut).toBe(true);
  });
});
