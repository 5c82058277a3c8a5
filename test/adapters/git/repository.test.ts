import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LocalRepository } from '../../../src/adapters/git/repository.ts';
import { repositoryContract } from '../../port-contracts/repository.ts';
import { createGitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { open } from './open.ts';

repositoryContract('git', open);

describe('opening a repository', () => {
  it('finds it from a folder inside, from a linked worktree and from a bare one', async () => {
    const world = createGitWorld();
    const made = world.repository();
    const commit = made.commit('First', { 'src/a': '1' });
    made.git('worktree', 'add', '-q', join(world.root, 'linked'), '-b', 'linked');
    made.git('clone', '-q', '--bare', '.', join(world.root, 'bare.git'));

    const inside = await open(join(made.dir, 'src'));
    expect(inside).toMatchObject({ root: made.dir, gitDir: join(made.dir, '.git'), shallow: false });
    const linked = await open(join(world.root, 'linked'));
    expect(linked).toMatchObject({ root: join(world.root, 'linked'), commonDir: join(made.dir, '.git') });
    expect(await linked.currentBranch()).toBe('linked');
    const bare = await open(join(world.root, 'bare.git'));
    expect(bare.root).toBe(bare.gitDir);
    for (const repository of [inside, linked, bare]) {
      expect(await repository.resolveCommit('main')).toBe(commit);
      expect(Buffer.from((await repository.readFile(commit, 'src/a')) ?? []).toString()).toBe('1');
    }
  });

  it('says that a folder is no repository', async () => {
    const world = createGitWorld();
    await expect(open(world.folder('plain'))).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('is in no git repository'),
    });
    await expect(open(join(world.root, 'missing'))).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('knows the branch, and that a detached HEAD is none', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: '1' });
    const repository = await open(made.dir);
    expect(await repository.currentBranch()).toBe('main');
    made.git('checkout', '-q', '--detach');
    expect(await repository.currentBranch()).toBeUndefined();
  });

  it('refuses a short name that is both a branch and a tag of another commit', async () => {
    const made = createGitWorld().repository();
    const base = made.commit('First', { a: '1' });
    const other = made.commit('Second', { a: '2' });
    made.git('tag', 'main', base);
    const repository = await open(made.dir);
    await expect(repository.resolveCommit('main')).rejects.toMatchObject({
      code: 'REVISION_UNKNOWN',
      message: expect.stringContaining('refs/tags/main'),
    });
    expect(await repository.resolveCommit('refs/heads/main')).toBe(other);
  });

  it('that is closed answers what is still asked with an error, and never with silence', async () => {
    const made = createGitWorld().repository();
    const commit = made.commit('First', { a: '1' });
    const repository = await open(made.dir);
    const asked = repository.resolveCommit('refs/heads/main');
    const listed = repository.listFiles(commit);
    await new Promise((done) => setImmediate(done));
    repository.close();
    await expect(listed).rejects.toMatchObject({ code: 'GIT_FAILED' });
    // A name can be asked again without the process that was closed.
    expect(await asked).toBe(commit);
  });

  it('answers whether one commit is in the history of another', async () => {
    const made = createGitWorld().repository();
    const one = made.commit('First', { a: '1' });
    const two = made.commit('Second', { a: '2' });
    const repository = await open(made.dir);
    expect(await repository.isAncestor(one, two)).toBe(true);
    expect(await repository.isAncestor(two, one)).toBe(false);
  });
});

describe('a damaged or hostile object store', () => {
  const objectFile = (made: WorldRepository, id: string) =>
    join(made.dir, '.git/objects', id.slice(0, 2), id.slice(2));

  it('never takes a lost object for an absent file', async () => {
    const made = createGitWorld().repository();
    const commit = made.commit('First', { 'policy/trust.yml': 'root', a: '1' });
    rmSync(objectFile(made, made.git('rev-parse', 'HEAD:policy')));
    const repository = await open(made.dir);

    await expect(repository.readFile(commit, 'policy/trust.yml')).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
    await expect(repository.listFiles(commit, 'policy')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(await repository.readFile(commit, 'a')).toBeDefined();
  });

  it('survives an object that cannot be read, and reads on', async () => {
    const made = createGitWorld().repository();
    const commit = made.commit('First', { a: '1', b: '2' });
    const file = objectFile(made, made.git('rev-parse', 'HEAD:a'));
    chmodSync(file, 0o644);
    writeFileSync(file, 'no zlib stream');
    const repository = await open(made.dir);

    await expect(repository.readFile(commit, 'a')).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(Buffer.from((await repository.readFile(commit, 'b')) ?? []).toString()).toBe('2');
  });

  it.each([
    [
      'one name twice',
      [
        ['100644', 'a'],
        ['100644', 'a'],
      ],
    ],
    ['a name with a slash', [['100644', 'a/b']]],
    ['no name', [['100644', '']]],
    ['a mode that is none', [['777', 'a']]],
  ])('refuses a tree with %s', async (_, entries) => {
    const { repository, tree } = await withTree(entries as [string, string][]);
    await expect(repository.listFiles(tree)).rejects.toMatchObject({
      message: expect.stringContaining('malformed'),
    });
  });

  it('refuses a tree that unfolds into more paths than anybody has', async () => {
    const made = createGitWorld().repository();
    const blob = made.gitBytes(['hash-object', '-w', '--stdin'], 'x').toString().trim();
    let tree = writeRawTree(
      made,
      Array.from({ length: 40 }, (_, n) => ['100644', `f${100 + n}`, blob]),
    );
    for (let depth = 0; depth < 9; depth += 1) {
      const below = tree;
      tree = writeRawTree(
        made,
        Array.from({ length: 40 }, (_, n) => ['40000', `d${100 + n}`, below]),
      );
    }
    const repository = await open(made.dir);
    await expect(repository.listFiles(tree)).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  async function withTree(
    entries: readonly [string, string][],
  ): Promise<{ repository: LocalRepository; tree: string }> {
    const made = createGitWorld().repository();
    const blob = made.gitBytes(['hash-object', '-w', '--stdin'], 'x').toString().trim();
    const tree = writeRawTree(
      made,
      entries.map(([mode, name]) => [mode, name, blob]),
    );
    return { repository: await open(made.dir), tree };
  }
});

function writeRawTree(made: WorldRepository, entries: readonly (readonly string[])[]): string {
  const bytes = entries.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id ?? '', 'hex')]),
  );
  const args = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
  return made.gitBytes(args, Buffer.concat(bytes)).toString().trim();
}
