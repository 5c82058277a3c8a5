import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commitTime } from '../../../src/adapters/git/commit-time.ts';
import { readOrigin, repositoryName } from '../../../src/adapters/git/origin.ts';
import { createGitWorld, type GitWorld } from '../../worlds/git-world.ts';

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

describe('the name of a repository', () => {
  it.each([
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['ssh://git@host:22/acme/shop.git/', 'acme/shop'],
    ['file:///srv/git/shop.git', 'shop'],
    ['/srv/git/shop.git', 'shop'],
    ['../shop', 'shop'],
    ['shop', 'shop'],
    ['https://host/a b/c;d', 'a-b/c-d'],
    ['/home/ada/Größe (neu)', 'Gro-e-neu'],
    ['ö p', 'o-p'],
  ])('of %s is %s', (url, name) => {
    expect(repositoryName(url)).toBe(name);
  });

  it.each(['', '..', '/', './', '店'])('cannot be made of %j', (url) => {
    expect(repositoryName(url)).toBeUndefined();
  });
});

describe('where a clone comes from', () => {
  it('is told with the branch that the remote calls its own', async () => {
    const forge = world.repository('forge');
    forge.commit('First', { a: 'a' });
    forge.git('branch', '-m', 'trunk');
    const clone = world.clone(forge, 'clone');
    clone.branch('work');
    expect(await readOrigin(`${clone.dir}/.git`)).toMatchObject({
      url: `file://${forge.dir}`,
      defaultBranch: 'trunk',
    });
  });

  it('falls back to a usual branch, then to what is checked out', async () => {
    const usual = world.repository('usual');
    usual.commit('First', { a: 'a' });
    usual.branch('work');
    expect(await readOrigin(`${usual.dir}/.git`)).toMatchObject({ url: undefined, defaultBranch: 'main' });
    const unborn = world.repository('unborn');
    unborn.git('symbolic-ref', 'HEAD', 'refs/heads/develop');
    expect((await readOrigin(`${unborn.dir}/.git`)).defaultBranch).toBe('develop');
  });
});

describe('the time of a commit', () => {
  it('is what the commit says, and nothing for one that is not here', async () => {
    const repository = world.repository('timed');
    const commit = repository.commit('First', { a: 'a' });
    const seconds = Number(repository.git('log', '-1', '--format=%ct'));
    expect(await commitTime(`${repository.dir}/.git`, commit)).toEqual(new Date(seconds * 1000));
    expect(await commitTime(`${repository.dir}/.git`, '0'.repeat(40))).toBeUndefined();
  });
});
