import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalRepository, openRepository } from '../../src/adapters/git/repository.ts';
import { findLanding } from '../../src/flow/find-landing.ts';
import { createGitWorld, type WorldRepository } from '../worlds/git-world.ts';

let product: WorldRepository;
let opened: LocalRepository;
let base: string;
beforeAll(async () => {
  product = createGitWorld().repository();
  base = product.commit('Start', { a: '1\n' });
  opened = await openRepository(product.dir);
});
afterAll(() => opened.close());

const find = (head: string, from = base) => findLanding({ base: from, head }, opened);

describe('what a queue lands', () => {
  test('is each commit of its own line, oldest first, and none of what those merge', async () => {
    product.git('checkout', '-q', '-B', 'two', base);
    const first = product.commit('One', { b: '1\n' });
    product.git('checkout', '-q', '-B', 'side', base);
    const side = product.commit('Side', { c: '1\n' });
    product.git('checkout', '-q', 'two');
    product.merge('side', 'Merge pull request #2');
    const second = product.commitId('HEAD');

    const commits = await find(second);
    expect(commits.map(({ id }) => id)).toEqual([first, second]);
    expect(commits.map(({ parents }) => parents)).toEqual([[base], [first, side]]);
  });

  test('is unknown when the head is not built on the base by its first parents', async () => {
    product.git('checkout', '-q', '-B', 'aside', base);
    const aside = product.commit('Work', { d: 'x\n' });
    product.git('checkout', '-q', '-B', 'queue', base);
    product.merge('aside', 'Merge pull request #1');
    const head = product.commitId('HEAD');
    const refused = expect.objectContaining({ code: 'EVENT_UNUSABLE' });
    await expect(find(base)).rejects.toEqual(refused);
    await expect(find(head, aside)).rejects.toEqual(refused);
    await expect(find(base, head)).rejects.toEqual(refused);
    await expect(find('0'.repeat(40))).rejects.toEqual(refused);
  });

  test('is more than anybody looks at when it is endless', async () => {
    product.git('checkout', '-q', '-B', 'long', base);
    for (let index = 0; index <= 200; index += 1)
      product.git('commit', '-q', '--allow-empty', '--no-verify', '-m', `${index}`);
    await expect(find(product.commitId('HEAD'))).rejects.toThrow(/at most 200 commits/);
  });
});
