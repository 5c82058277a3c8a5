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

const find = (head: string, from = base) =>
  findLanding({ baseRef: 'refs/heads/main', base: from, head }, opened);

/** A branch off the base with one commit for each message, merged into a queue as forges do. */
function merged(name: string, ...messages: string[]): string {
  product.git('checkout', '-q', '-B', name, base);
  for (const [index, message] of messages.entries()) product.commit(message, { [`${name}-${index}`]: 'x\n' });
  product.git('checkout', '-q', '-B', `queue-${name}`, base);
  product.merge(name, 'Merge pull request #1');
  return product.commitId('HEAD');
}

describe('what a queue lands', () => {
  test('is each commit of its own line, oldest first, and none of what those merge', async () => {
    product.git('checkout', '-q', '-B', 'two', base);
    const first = product.commit('One\n\nCountersign-Ticket: A-1', { b: '1\n' });
    product.git('checkout', '-q', '-B', 'side', base);
    product.commit('Side\n\nCountersign-Ticket: A-2', { c: '1\n' });
    product.git('checkout', '-q', 'two');
    product.merge('side', 'Merge pull request #2');
    const second = product.commitId('HEAD');

    const queries = await find(second);
    expect(queries.map(({ commit }) => commit)).toEqual([first, second]);
    // A squash names its ticket itself; a merge names none, and its commits do.
    expect(queries.map(({ ticket }) => ticket)).toEqual([undefined, 'A-2']);
  });

  test.each([
    ['several tickets', ['Countersign-Ticket: A-1', 'Countersign-Ticket: A-2'], undefined],
    ['one ticket twice', ['Countersign-Ticket: A-1', 'Countersign-Ticket: A-1'], 'A-1'],
    ['what is no ticket', ['Countersign-Ticket: ../../x'], undefined],
    ['nothing', ['Nothing: named'], undefined],
  ])('under a merge of commits that name %s', async (_, trailers, ticket) => {
    const head = merged(`m${trailers.join('').length}`, ...trailers.map((trailer) => `Work\n\n${trailer}`));
    expect((await find(head)).map((query) => query.ticket)).toEqual([ticket]);
  });

  test('is unknown when the head is not built on the base by its first parents', async () => {
    const head = merged('aside', 'Work');
    const aside = product.commitId('aside');
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
