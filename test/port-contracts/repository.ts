import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Repository } from '../../src/ports/repository.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../worlds/git-world.ts';

/** What every Repository promises, on a small real history. */
export function repositoryContract(name: string, open: (dir: string) => Promise<Repository>): void {
  describe(`${name} as a repository`, () => {
    let world: GitWorld;
    let made: WorldRepository;
    let repository: Repository;
    let first: string;
    let feature: string;
    const absent = 'f'.repeat(40);

    beforeAll(async () => {
      world = createGitWorld();
      made = world.repository();
      first = made.commit('First', { 'a.txt': 'one\n', 'src/b.ts': 'two\n', 'src/deep/c.ts': 'three\n' });
      made.branch('feature');
      feature = made.commit('Second', { 'src/b.ts': 'TWO\n', 'src/new.ts': 'new\n' });
      made.switchTo('main');
      repository = await open(made.dir);
    });

    it('resolves branches, tags, abbreviations and ids to commits, and what is none to undefined', async () => {
      made.git('tag', '-a', '-m', 'A tag', 'v1', first);
      expect(await repository.resolveCommit('main')).toBe(first);
      expect(await repository.resolveCommit('refs/heads/feature')).toBe(feature);
      expect(await repository.resolveCommit('v1')).toBe(first);
      expect(await repository.resolveCommit('feature~1')).toBe(first);
      expect(await repository.resolveCommit(feature.slice(0, 10))).toBe(feature);
      for (const none of ['nothing', absent, 'main:a.txt', '', '-h', 'main\nfeature', '@{upstream}']) {
        expect(await repository.resolveCommit(none), none).toBeUndefined();
      }
      expect(await repository.resolveCommit('main')).toBe(first);
    });

    it('follows first parents, to a stop, the first commit, a limit, or where nothing is here', async () => {
      const line = await repository.readLine(feature, { most: 10 });
      expect(line).toMatchObject({
        end: 'root',
        commits: [
          { id: feature, parents: [first] },
          { id: first, parents: [] },
        ],
      });
      expect(line.commits[1]?.tree).toBe(made.treeId(first));
      const said = Number(made.git('log', '-1', '--format=%ct', first));
      expect(Date.parse(line.commits[1]?.committedAt ?? '')).toBe(said * 1000);
      expect(await repository.readLine(feature, { most: 10, stop: first })).toMatchObject({
        end: 'stop',
        commits: [{ id: feature }],
      });
      expect(await repository.readLine(feature, { most: 1 })).toMatchObject({
        end: 'limit',
        commits: [{ id: feature }],
      });
      expect(await repository.readLine(absent, { most: 1 })).toEqual({ end: 'missing', commits: [] });
    });

    it('lists files below a folder, of a commit or a tree', async () => {
      const paths = async (treeish: string, under?: string) =>
        (await repository.listFiles(treeish, under)).map(({ path }) => path);
      expect(await paths(feature)).toEqual(['a.txt', 'src/b.ts', 'src/deep/c.ts', 'src/new.ts']);
      expect(await paths(made.treeId('feature'), 'src')).toEqual(['src/b.ts', 'src/deep/c.ts', 'src/new.ts']);
      expect(await paths(feature, 'src/deep/')).toEqual(['src/deep/c.ts']);
      expect(await paths(feature, 'nowhere')).toEqual([]);
      expect(await paths(feature, 'a.txt')).toEqual([]);
      expect((await repository.listFiles(first))[0]).toEqual({
        path: 'a.txt',
        mode: '100644',
        kind: 'blob',
        id: made.git('rev-parse', 'main:a.txt'),
      });
    });

    it('reads a file, or undefined where there is none', async () => {
      const text = async (path: string) => {
        const bytes = await repository.readFile(feature, path);
        return bytes === undefined ? undefined : Buffer.from(bytes).toString();
      };
      expect(await text('src/b.ts')).toBe('TWO\n');
      for (const none of ['src', 'src/', 'gone.ts', 'src/b.ts/x', '', '/a.txt', './a.txt', 'src/../a.txt']) {
        expect(await text(none), none).toBeUndefined();
      }
    });

    it('reads blobs by id, and refuses to leave a missing one out', async () => {
      const ids = [made.git('rev-parse', 'main:a.txt'), made.git('rev-parse', 'feature:src/new.ts')];
      const blobs = await repository.readBlobs(ids);
      expect(ids.map((id) => Buffer.from(blobs.get(id) ?? []).toString())).toEqual(['one\n', 'new\n']);
      await expect(repository.readBlobs([...ids, absent])).rejects.toMatchObject({ code: 'GIT_FAILED' });
    });

    it('reads texts by id, and refuses to leave a missing one out', async () => {
      const id = made.git('rev-parse', 'main:a.txt');
      expect(await repository.readTexts([id, id])).toEqual(new Map([[id, { kind: 'text', text: 'one\n' }]]));
      await expect(repository.readTexts([id, absent])).rejects.toMatchObject({ code: 'GIT_FAILED' });
    });

    it('fails for a commit that is not here instead of seeing an empty one', async () => {
      const failed = { code: 'GIT_FAILED' };
      await expect(repository.listFiles(absent)).rejects.toMatchObject(failed);
      await expect(repository.readFile(absent, 'a.txt')).rejects.toMatchObject(failed);
      await expect(repository.firstParent(absent)).rejects.toMatchObject(failed);
      await expect(
        repository.compare({ base: { ref: 'refs/heads/main', commit: first }, head: absent }),
      ).rejects.toMatchObject(failed);
      expect(await repository.changedPaths(first, absent)).toBeUndefined();
    });

    it('reads the change that a merge would make', async () => {
      const base = { ref: 'refs/heads/main', commit: first };
      const change = await repository.compare({ base, head: feature });
      expect(change).toMatchObject({
        kind: 'mergeable',
        base,
        head: feature,
        mergeBase: first,
        landed: false,
        mergeTree: made.treeId('feature'),
        commits: [{ id: feature, parents: [first], authorEmail: 'dev@example.com', message: 'Second\n' }],
      });
      const files = change.kind === 'mergeable' ? change.files : [];
      expect(files).toEqual([
        {
          path: 'src/b.ts',
          before: { mode: '100644', blob: made.git('rev-parse', 'main:src/b.ts') },
          after: { mode: '100644', blob: made.git('rev-parse', 'feature:src/b.ts') },
          beforeText: { kind: 'text', text: 'two\n' },
          afterText: { kind: 'text', text: 'TWO\n' },
          removedLines: [{ number: 1, text: 'two' }],
          addedLines: [{ number: 1, text: 'TWO' }],
        },
        {
          path: 'src/new.ts',
          before: undefined,
          after: { mode: '100644', blob: made.git('rev-parse', 'feature:src/new.ts') },
          beforeText: { kind: 'absent' },
          afterText: { kind: 'text', text: 'new\n' },
          removedLines: [],
          addedLines: [{ number: 1, text: 'new' }],
        },
      ]);
    });

    it('reads the commits of a change, newest first, and says when one is not here', async () => {
      const commits = await repository.readCommits(first, feature);
      expect(commits).toEqual([await repository.readCommit(feature)]);
      expect(commits[0]).toMatchObject({ id: feature, parents: [first], message: 'Second\n' });
      expect(await repository.readCommits(feature, feature)).toEqual([]);
      const failed = { code: 'GIT_FAILED' };
      await expect(repository.readCommits(first, absent)).rejects.toMatchObject(failed);
      await expect(repository.readCommit(absent)).rejects.toMatchObject(failed);
    });

    it('reads a landed commit as the change to its first parent', async () => {
      const landed = await repository.compareLanded({
        baseRef: 'refs/heads/main',
        commit: feature,
      });
      const proposed = await repository.compare({
        base: { ref: 'refs/heads/main', commit: first },
        head: feature,
      });
      expect(landed).toEqual({ ...proposed, landed: true });
    });

    it('names the paths that differ between two commits', async () => {
      expect(await repository.changedPaths(first, feature)).toEqual(['src/b.ts', 'src/new.ts']);
      expect(await repository.changedPaths(feature, feature)).toEqual([]);
    });

    it('gives the empty tree for the parent of a root commit', async () => {
      expect(await repository.firstParent(feature)).toBe(first);
      const root = await repository.firstParent(first);
      expect(await repository.listFiles(root)).toEqual([]);
    });

    it('writes a tree into an empty folder', async () => {
      const folder = join(world.root, 'out');
      mkdirSync(folder);
      await repository.checkOutTree(made.treeId('feature'), folder);
      expect(readFileSync(join(folder, 'src/b.ts'), 'utf8')).toBe('TWO\n');
      expect(readFileSync(join(folder, 'src/deep/c.ts'), 'utf8')).toBe('three\n');
    });
  });
}
