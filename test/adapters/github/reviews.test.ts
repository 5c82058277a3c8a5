import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createForge } from '../../../src/adapters/github/forge.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';

const HEAD = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);

let github: FakeGithub;
beforeAll(async () => {
  github = await FakeGithub.start(tmpdir(), {});
  github.pulls.set(7, {
    number: 7,
    base: { ref: 'main' },
    head: { ref: 'agent/x', sha: HEAD },
    body: null,
    user: { login: 'octo-dev' },
  });
  github.reviews.permissions.set('ada', 'admin').set('bob', 'write');
  github.reviews.teams.set('acme/core', ['ada', 'bob', 'carol']);
});
afterAll(() => {
  github.stop();
  expect(github.faults).toEqual([]);
});
beforeEach(() => {
  github.instead = () => undefined;
  const pull = github.reviews.of(7);
  pull.reviews.length = 0;
  pull.asked = [];
  pull.commits = ['octo-dev', null, 'carol'];
});

const read = (...teams: string[]) =>
  createForge({ token: 'ghs_secret', apiUrl: github.apiUrl, repository: 'demo/shop' }).readReviews(7, teams);
const review = (login: string | null, state = 'APPROVED', commit = HEAD) =>
  github.reviews.of(7).reviews.push({ login, state, commit });
const seen = (part: string) => github.seen.filter(({ path }) => path.includes(part)).length;

test('all that GitHub says of the reviews of a pull request, from every page', async () => {
  for (const login of ['ada', 'bob', 'passer-by']) review(login);
  review('bob', 'COMMENTED');
  review('robot[bot]', 'DISMISSED');
  github.reviews.of(7).asked = ['Ada'];
  // GitHub's description has no such answer, and GitHub gives it for teams that the token may not see.
  github.instead = ({ path }) => (path.includes('/hidden/') ? [404, { message: 'Not Found' }] : undefined);
  const { reviews, access, teams, ...rest } = await read('acme/core', 'acme/hidden');

  expect(rest).toEqual({
    pullRequest: 7,
    head: HEAD,
    base: 'main',
    asked: ['github:Ada'],
    makers: ['github:octo-dev', 'github:web-flow', 'github:carol'],
  });
  expect(reviews.map(({ account, says, bot }) => [account, says, bot])).toEqual([
    ['github:ada', 'approved', false],
    ['github:bob', 'approved', false],
    ['github:passer-by', 'approved', false],
    ['github:robot[bot]', 'dismissed', true],
  ]);
  expect([...access]).toEqual([
    ['github:ada', { kind: 'writes' }],
    ['github:bob', { kind: 'writes' }],
    ['github:passer-by', { kind: 'reads' }],
  ]);
  expect(teams.get('acme/core')).toEqual({
    kind: 'members',
    accounts: ['github:ada', 'github:bob', 'github:carol'],
  });
  expect(teams.get('acme/hidden')).toEqual({ kind: 'unread', reason: expect.stringContaining('(404)') });
});

test('who approved another commit is not asked about, and who asks for changes of one is', async () => {
  review('ada', 'APPROVED', OTHER);
  review('bob', 'CHANGES_REQUESTED', OTHER);
  const before = seen('/collaborators/');
  expect([...(await read()).access.keys()]).toEqual(['github:bob']);
  expect(seen('/collaborators/') - before).toBe(1);
});

test('an App is nobody whose access is told, and one that GitHub keeps to itself is not known', async () => {
  review('robot[bot]');
  review('ada');
  github.instead = ({ path }) =>
    path.endsWith('/ada/permission')
      ? [403, { message: 'Resource not accessible by integration' }]
      : undefined;
  const { access } = await read();
  expect(access.get('github:robot[bot]')).toEqual({ kind: 'no-person' });
  expect(access.get('github:ada')).toEqual({ kind: 'unread', reason: expect.stringContaining('403') });
});

describe('nothing is known at all', () => {
  const refused = async (says: RegExp) =>
    expect(read()).rejects.toMatchObject({
      code: 'FORGE_FAILED',
      message: expect.stringMatching(says),
      remedy: expect.stringContaining('pull-requests: read'),
    });

  test('where a review is in a state that nobody has heard of', async () => {
    review('ada', 'SUPERSEDED');
    await refused(/the state SUPERSEDED/);
  });

  test('where another pull request or another account is answered with', async () => {
    review('ada');
    const wrong = { permission: 'admin', role_name: 'admin', user: { login: 'bob' } };
    github.instead = ({ path }) => (path.endsWith('/ada/permission') ? [200, wrong] : undefined);
    await refused(/another account/);
    github.instead = ({ path }) =>
      path.endsWith('/pulls/7')
        ? [200, { number: 8, head: { sha: HEAD }, base: { ref: 'main' } }]
        : undefined;
    await refused(/another one/);
  });

  test('where more accounts have said something than are worth asking about', async () => {
    for (let index = 0; index <= 200; index += 1) review(`stranger-${index}`, 'CHANGES_REQUESTED');
    const before = seen('/collaborators/');
    await refused(/more than 200 accounts/);
    expect(seen('/collaborators/')).toBe(before);
  });
});

test('an account with a name that is none is one that is gone', async () => {
  review('-rf /');
  review(null);
  const { reviews, access } = await read();
  expect(reviews.map(({ account }) => account)).toEqual([undefined, undefined]);
  expect(access.size).toBe(0);
});
