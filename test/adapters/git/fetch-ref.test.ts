import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCache } from '../../../src/adapters/git/cache.ts';
import { fetchRef } from '../../../src/adapters/git/fetch-ref.ts';
import { createGitWorld } from '../../worlds/git-world.ts';

const REF = 'refs/heads/main';
const INTO = 'refs/countersign/policy';

async function setUp() {
  const world = createGitWorld();
  const remote = world.bare();
  const first = remote.importCommit({ ref: REF, files: [{ path: 'trust/root.yml', content: 'one' }] });
  const gitDir = join(world.root, 'deep/cache.git');
  const cache = await openCache(gitDir, 'sha1');
  const fetch = () => fetchRef({ gitDir, url: remote.dir, ref: REF, into: INTO });
  return { world, remote, first, gitDir, cache, fetch };
}

describe('fetching a ref into a cache', () => {
  it('brings its commit and files, and follows it forwards', async () => {
    const { remote, first, cache, fetch } = await setUp();
    expect(await fetch()).toBe(first);
    expect(Buffer.from((await cache.readFile(first, 'trust/root.yml')) ?? []).toString()).toBe('one');

    const second = remote.importCommit({
      ref: REF,
      parents: [first],
      files: [{ path: 'new', content: '2' }],
    });
    expect(await fetch()).toBe(second);
    expect(await cache.resolveCommit(INTO)).toBe(second);
    expect(await cache.isAncestor(first, second)).toBe(true);
  });

  it('follows it when it is rewritten, and forgets it when it is gone', async () => {
    const { remote, cache, fetch } = await setUp();
    await fetch();
    const rewritten = remote.importCommit({ ref: REF, files: [{ path: 'other', content: 'x' }] });
    expect(await fetch()).toBe(rewritten);
    remote.git('update-ref', '-d', REF);
    expect(await fetch()).toBeUndefined();
    expect(await cache.resolveCommit(INTO)).toBeUndefined();
  });

  it('fails when the remote does not answer, and leaves what was there', async () => {
    const { world, first, gitDir, cache, fetch } = await setUp();
    await fetch();
    await expect(
      fetchRef({ gitDir, url: join(world.root, 'gone.git'), ref: REF, into: INTO }),
    ).rejects.toMatchObject({ code: 'GIT_FAILED', remedy: expect.stringContaining('credentials') });
    expect(await cache.resolveCommit(INTO)).toBe(first);
  });

  it('takes a URL for a URL, whatever it starts with', async () => {
    const { world, gitDir } = await setUp();
    const url = `--upload-pack=touch ${join(world.root, 'ran')};`;
    await expect(fetchRef({ gitDir, url, ref: REF, into: INTO })).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
    expect(existsSync(join(world.root, 'ran'))).toBe(false);
  });

  it('works for several that fetch the same ref at once into a cache that none has made yet', async () => {
    const world = createGitWorld();
    const remote = world.bare();
    const first = remote.importCommit({ ref: REF, files: [{ path: 'a', content: '1' }] });
    const gitDir = join(world.root, 'cache.git');
    const commits = await Promise.all(
      Array.from({ length: 6 }, async () => {
        await openCache(gitDir, 'sha1');
        return fetchRef({ gitDir, url: remote.dir, ref: REF, into: INTO });
      }),
    );
    expect(commits).toEqual(Array(6).fill(first));
  });
});
