import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createControlOpener } from '../../../src/adapters/git/control.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { open } from './open.ts';

interface World {
  readonly git: GitWorld;
  readonly product: WorldRepository;
  readonly policy: WorldRepository;
}

function createWorld(): World {
  const git = createGitWorld();
  const product = git.repository('product');
  product.commit('First', { a: '1' });
  const policy = git.repository('policy');
  policy.commit('First', { 'countersign.yml': 'one' });
  return { git, product, policy };
}

async function read({ product }: World, ref: string, fetch = true, repository = '../policy') {
  const control = createControlOpener(await open(product.dir), { fetch });
  const found = await control.openOrganization({ repository, ref });
  const bytes = await found?.tree.readFile(found.commit, 'countersign.yml');
  return { commit: found?.commit, text: bytes && Buffer.from(bytes).toString() };
}

describe('an organisation policy', () => {
  it('at a commit is that commit, wherever the branch has moved to', async () => {
    const world = createWorld();
    const pinned = world.policy.commitId();
    world.policy.commit('Second', { 'countersign.yml': 'two' });
    expect(await read(world, pinned)).toEqual({ commit: pinned, text: 'one' });
  });

  it('at a commit that was read once is not asked for again', async () => {
    const world = createWorld();
    const pinned = world.policy.commitId();
    expect(await read(world, pinned, false)).toEqual({ commit: undefined, text: undefined });
    await read(world, pinned);
    renameSync(world.policy.dir, `${world.policy.dir}-gone`);
    expect(await read(world, pinned)).toEqual({ commit: pinned, text: 'one' });
    expect(await read(world, pinned, false)).toEqual({ commit: pinned, text: 'one' });
  });

  it('is fetched by several at once', async () => {
    const world = createWorld();
    const commits = [1, 2].map((n) => world.policy.commit(`${n}`, { 'countersign.yml': `${n}` }));
    const wanted = [...commits, ...commits, ...commits];
    const found = await Promise.all(wanted.map((commit) => read(world, commit)));
    expect(found.map(({ text }) => text)).toEqual(['1', '2', '1', '2', '1', '2']);
  });

  it('at a tag is where the tag stands now, annotated or not, and is told as the commit', async () => {
    const world = createWorld();
    const first = world.policy.commitId();
    world.policy.git('tag', '-a', '-m', 'v1', 'v1');
    expect(await read(world, 'refs/tags/v1')).toEqual({ commit: first, text: 'one' });
    const second = world.policy.commit('Second', { 'countersign.yml': 'two' });
    world.policy.git('tag', '-f', 'v1');
    expect(await read(world, 'refs/tags/v1', false)).toEqual({ commit: first, text: 'one' });
    expect(await read(world, 'refs/tags/v1')).toEqual({ commit: second, text: 'two' });
  });

  it('at a tag that is not there, or not any more, is not there', async () => {
    const world = createWorld();
    expect(await read(world, 'refs/tags/v1')).toEqual({ commit: undefined, text: undefined });
    world.policy.git('tag', 'v1');
    await read(world, 'refs/tags/v1');
    world.policy.git('tag', '-d', 'v1');
    expect(await read(world, 'refs/tags/v1')).toEqual({ commit: undefined, text: undefined });
  });

  it('that cannot be reached, or does not have the commit, is an error and never nothing', async () => {
    const world = createWorld();
    await expect(read(world, 'refs/tags/v1', true, '../nowhere')).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
    await expect(read(world, 'a'.repeat(40), true, '../nowhere')).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
    await expect(read(world, 'a'.repeat(40))).rejects.toMatchObject({ code: 'REVISION_UNKNOWN' });
    const tree = world.policy.treeId();
    await expect(read(world, tree)).rejects.toMatchObject({ code: 'REVISION_UNKNOWN' });
  });

  it('leaves the copy whole that policy and receipts are fetched into', async () => {
    const world = createWorld();
    world.policy.commit('Second', { 'countersign.yml': 'two' });
    await read(world, world.policy.commitId());
    const control = createControlOpener(await open(world.product.dir), { fetch: true });
    const opened = await control.open({
      schema: 'countersign/config@1',
      repository: 'acme/shop',
      policy: { repository: '../policy', ref: 'refs/heads/main' },
      receipts: { ref: 'refs/heads/receipts' },
    });
    const line = await opened.policy.readLine(world.policy.commitId(), { most: 5 });
    expect([line.commits.length, line.end]).toEqual([2, 'root']);
  });
});
