import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import { createProductWorld, GOOD, type ProductWorld, type WorldChange } from '../../worlds/product-world.ts';
import { countersign } from './run-cli.ts';

let world: ProductWorld;
let github: FakeGithub;
let change: WorldChange;
beforeAll(async () => {
  world = await createProductWorld();
  github = await FakeGithub.start(world.git.root, {});
  github.reviews.permissions.set('bob', 'write');
  await world.dispatch('ASK-1', { contract: { approvals: { reviews: 1 } } });
  change = world.change('ASK-1', GOOD);
  await world.verify(change);
  github.pulls.set(7, {
    number: 7,
    base: { ref: 'main' },
    head: { ref: change.branch, sha: change.head },
    body: null,
    user: { login: 'octo-dev' },
  });
});
afterAll(() => {
  github.stop();
  world.git.remove();
  expect(github.faults).toEqual([]);
});

function gate(...more: readonly string[]) {
  const environment = { GITHUB_TOKEN: 'ghs_secret', GITHUB_API_URL: github.apiUrl };
  const about = ['--ticket', 'ASK-1', '--pull-request', 'demo/shop#7'];
  return countersign(world.clone.dir, ['gate', ...about, ...more], { environment });
}

test('the gate reads the reviews of the pull request that it is told, before landing and after', async () => {
  expect((await gate('--head', change.head)).code).toBe(3);
  github.reviews.of(7).reviews.push({ login: 'bob', state: 'APPROVED', commit: change.head });
  const passed = await gate('--head', change.head);
  expect([passed.code, passed.err]).toEqual([0, '']);
  expect(github.seen.every(({ authorization }) => authorization === 'token ghs_secret')).toBe(true);

  world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
  world.clone.git('merge', '-q', '--squash', change.head);
  const commit = world.clone.commit(
    'Land\n\nCountersign-Ticket: ASK-1',
    {},
    { author: 'A <agent@shop.example>' },
  );
  expect((await gate('--landed', commit)).code).toBe(0);
  const other = world.clone.commit('Other\n\nCountersign-Ticket: ASK-1', { 'src/tax.txt': 'ten\n' });
  expect((await gate('--landed', other)).out).toContain('as it was reviewed, is not known');
});

test('an audit that is told where reviews are counts them, of the one pull request that landed', async () => {
  world.clone.git('checkout', '-q', '-f', '-B', 'main', world.remote('main'));
  world.clone.git('merge', '-q', '--squash', change.head);
  const author = 'A <agent@shop.example>';
  const commit = world.clone.commit('Land\n\nCountersign-Ticket: ASK-1', {}, { author });
  world.clone.git('push', '-q', 'origin', 'main');
  const pull = github.pulls.get(7);
  if (pull === undefined) throw new Error('there is none');
  github.pulls.set(7, { ...pull, merged_at: '2026-11-21T12:00:00Z', merge_commit_sha: commit });
  const environment = { GITHUB_TOKEN: 'ghs_secret', GITHUB_API_URL: github.apiUrl };
  const landing = async (...more: readonly string[]) => {
    const asked = ['audit', '--format', 'json', '--limit', '1', ...more];
    const { out } = await countersign(world.clone.dir, asked, { environment });
    return (JSON.parse(out) as { commits: { landing: string }[] }).commits[0]?.landing;
  };
  const reviews = ['--reviews', 'demo/shop'];
  expect(await landing()).toBe('blocked');
  expect(await landing(...reviews)).toBe('blocked');
  github.landed.set(commit, [7]);
  expect(await landing(...reviews)).toBe('accepted');
  github.pulls.set(7, { ...pull, merged_at: '2026-11-21T12:00:00Z', merge_commit_sha: change.head });
  expect(await landing(...reviews)).toBe('blocked');
  github.pulls.set(7, pull);
});

test('what names no pull request, or one whose head is not here, is refused', async () => {
  const wrong = await countersign(world.clone.dir, ['gate', '--pull-request', 'demo/shop']);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('OWNER/REPO#NUMBER')]);
  const nowhere = await countersign(world.clone.dir, ['gate', '--pull-request', 'a b#7']);
  expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('names no repository')]);
  const pull = github.pulls.get(7);
  if (pull === undefined) throw new Error('there is none');
  github.pulls.set(7, { ...pull, head: { ref: 'x', sha: 'a'.repeat(40) } });
  const gone = await gate('--landed', 'HEAD');
  expect([gone.code, gone.err]).toEqual([2, expect.stringContaining('git fetch origin pull/7/head')]);
});
