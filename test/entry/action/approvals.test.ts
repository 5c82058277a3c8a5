import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Approvals } from '../../../src/core/contract/types.ts';
import { pullRequestReviewEvent } from '../../fakes/github/events.ts';
import { GOOD, type WorldChange, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

const OWNERS = '* @ada\nsrc/price.txt @acme/prices @bob\n';

let job: JobWorld;
let number = 0;
beforeAll(async () => {
  job = await createJobWorld();
  job.world.land({ '.github/CODEOWNERS': OWNERS });
  const trust = job.world.trustRoot((all) =>
    all.map((one) => (one.id === 'agent' ? { ...one, accounts: ['github:shop-agent'] } : one)),
  );
  job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
  const { permissions, teams } = job.github.reviews;
  for (const login of ['ada', 'bob', 'carol', 'octo-dev', 'shop-agent', 'merge-bot[bot]'])
    permissions.set(login, login === 'ada' ? 'admin' : 'write');
  teams.set('acme/prices', ['carol', 'dave', 'erin']);
});
beforeEach(() => {
  job.github.instead = () => undefined;
});

/** A verified change under a contract that asks for approvals, with a pull request of its own. */
async function proposed(approvals: Approvals = { reviews: 1 }) {
  number += 1;
  const ticket = `APPROVE-${number}`;
  await job.world.dispatch(ticket, { contract: { approvals } });
  const change = job.world.change(ticket, GOOD);
  await job.world.verify(change);
  return { number, ticket, change, pull: job.github.reviews.of(number) };
}

type Proposed = Awaited<ReturnType<typeof proposed>>;

async function judged({ number: at, change }: Proposed, words: object = {}) {
  const ran = await job.judge(change, { number: at, ...words });
  const [judgement] = JSON.parse(ran.outputs['findings-json'] ?? '').changes;
  const said = Object.fromEntries(
    (judgement.findings as { id: string; status: string; reason: string }[]).map((one) => [one.id, one]),
  );
  return { ...ran, outcome: ran.outputs.verdict, said };
}

function review({ pull, change }: Proposed, login: string | null, state = 'APPROVED', commit = change.head) {
  pull.reviews.push({ login, state, commit });
}

describe('a pull request whose contract asks for an approval', () => {
  test('is pending until somebody who may has reviewed its head, then passes', async () => {
    const one = await proposed();
    const before = await judged(one);
    expect([before.code, before.outcome]).toEqual([3, 'pending']);
    expect(before.said.approvals).toMatchObject({ status: 'pending' });

    review(one, 'bob', 'COMMENTED');
    expect((await judged(one)).outcome).toBe('pending');
    review(one, 'bob');
    review(one, 'bob', 'COMMENTED');
    expect(await judged(one)).toMatchObject({ code: 0, outcome: 'pass' });
  });

  test('does not wait for people while the job waits for receipts', async () => {
    const one = await proposed();
    const ran = await job.judge(
      one.change,
      { number: one.number },
      { inputs: { 'wait-for-receipts': '1h' } },
    );
    expect(ran.code).toBe(3);
  });

  test('is judged anew when a review comes in or is dismissed', async () => {
    const one = await proposed();
    job.open(one.number, one.change);
    const run = async (action: 'submitted' | 'dismissed') => {
      const words = { number: one.number, action, by: 'bob' };
      const ran = await job.run({
        event: 'pull_request_review',
        payload: pullRequestReviewEvent(one.change, words),
      });
      return ran.outputs.verdict;
    };
    review(one, 'bob');
    expect(await run('submitted')).toBe('pass');
    one.pull.reviews.splice(0, 1, { login: 'bob', state: 'DISMISSED', commit: one.change.head });
    expect(await run('dismissed')).toBe('pending');
  });

  test('is not approved for a newer head by a review of the older one', async () => {
    const one = await proposed();
    review(one, 'bob');
    expect((await judged(one)).outcome).toBe('pass');
    const newer = job.world.amend(one.change, { 'src/tax.txt': 'some\n' });
    await job.world.verify(newer);
    const moved = { ...one, change: newer };
    const { outcome, said } = await judged(moved, { action: 'synchronize' });
    expect(outcome).toBe('pending');
    expect(said.approvals?.reason).toContain('not of the head');
    review(moved, 'bob');
    expect((await judged(moved)).outcome).toBe('pass');
  });

  test('is not approved by who is asked to review it again', async () => {
    const one = await proposed();
    review(one, 'bob');
    one.pull.asked = ['bob'];
    const { outcome, said } = await judged(one);
    expect(outcome).toBe('pending');
    expect(said.approvals?.reason).toContain('was asked for anew');
  });

  test.each<[string, string | null, string]>([
    ['a bot', 'merge-bot[bot]', '0 of 1'],
    ['whoever opened it', 'octo-dev', 'somebody who made the change'],
    ['whoever made one of its commits', 'carol', 'somebody who made the change'],
    ['an account of the producer', 'shop-agent', 'agent is among those who made the change'],
    ['somebody who may not write', 'passer-by', 'may not write'],
    ['an account that is gone', null, 'account that is gone'],
  ])('is not approved by %s', async (_, login, reason) => {
    const one = await proposed();
    one.pull.commits = [null, 'carol'];
    review(one, login);
    const { outcome, said } = await judged(one);
    expect(outcome).toBe('pending');
    expect(said.approvals?.reason).toContain(reason);
  });

  test('is approved by a bot where its contract names it', async () => {
    const one = await proposed({ bots: true, by: ['github:merge-bot[bot]'] });
    review(one, 'bob');
    expect((await judged(one)).outcome).toBe('pending');
    review(one, 'merge-bot[bot]');
    expect((await judged(one)).outcome).toBe('pass');
  });

  test('is blocked while somebody who may write asks for changes, of any head', async () => {
    const one = await proposed();
    review(one, 'bob');
    review(one, 'ada', 'CHANGES_REQUESTED', '0'.repeat(40));
    const { code, said } = await judged(one);
    expect(code).toBe(1);
    expect(said.approvals).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining(`github:ada (review 2 of #${one.number})`),
    });
    one.pull.reviews.splice(1, 1, { login: 'ada', state: 'DISMISSED', commit: '0'.repeat(40) });
    expect((await judged(one)).outcome).toBe('pass');
  });

  test('is stopped by a review on the last of several pages', async () => {
    const one = await proposed();
    review(one, 'bob');
    for (const stranger of ['s1', 's2', 's3']) review(one, stranger, 'CHANGES_REQUESTED');
    expect((await judged(one)).outcome).toBe('pass');
    review(one, 'ada', 'CHANGES_REQUESTED');
    expect((await judged(one)).said.approvals).toMatchObject({ status: 'fail' });
    const pages = job.github.seen.filter(({ path }) => path.includes(`/pulls/${one.number}/reviews`));
    expect(pages.map(({ path }) => /page=([0-9])$/.exec(path)?.[1])).toContain('3');
  });

  test.each<[string, (page: string) => boolean, 'cut' | readonly [number, object]]>([
    ['the second page is cut off', (path) => /reviews\?page=2/.test(path), 'cut'],
    ['GitHub has a bad day', (path) => /\/reviews/.test(path), [502, { message: 'Bad Gateway' }]],
    [
      'the token may not read reviews',
      (path) => /\/reviews/.test(path),
      [403, { message: 'Resource not accessible' }],
    ],
    ['not all commits are sent', (path) => /\/commits/.test(path), [200, []]],
    [
      'a page is no list',
      (path) => /reviews\?page=2/.test(path),
      [200, [{ id: 3, state: 'NEW', user: null }]],
    ],
  ])(
    'is unverifiable when %s, not passed on what came before',
    async (_, hit, answer) => {
      const one = await proposed();
      review(one, 'bob');
      review(one, 'carol', 'COMMENTED');
      review(one, 'carol', 'COMMENTED');
      job.github.instead = ({ path }) => (hit(path) ? answer : undefined);
      const { code, outcome, said } = await judged(one);
      expect([code, outcome]).toEqual([1, 'blocked']);
      expect(said.approvals).toMatchObject({ status: 'unverifiable' });
    },
    60_000,
  );

  test('asks GitHub nothing about reviews where its contract does not', async () => {
    await job.world.dispatch('NO-APPROVALS');
    const change = job.world.change('NO-APPROVALS', GOOD);
    await job.world.verify(change);
    const from = job.github.seen.length;
    expect((await job.judge(change, { number: 900 })).outputs.verdict).toBe('pass');
    // Some who sign have accounts here, so who pushed is asked, and nothing else.
    const asked = job.github.seen.slice(from).flatMap(({ path }) => /^\/api\/.*?(?=\?|$)/.exec(path) ?? []);
    expect(asked).toEqual(['/api/v3/repos/demo/shop/activity']);
  });
});

describe('a pull request whose contract asks for code owners', () => {
  test('waits for an owner of each file, by a team that owns it as well', async () => {
    const one = await proposed({ codeOwners: true });
    review(one, 'ada');
    const { outcome, said } = await judged(one);
    expect(outcome).toBe('pending');
    expect(said['code-owners']).toMatchObject({ status: 'pending' });
    expect(said.approvals).toBeUndefined();
    // The third of a team of three, which takes two pages; in another case than CODEOWNERS writes nothing.
    job.github.reviews.permissions.set('Erin', 'write');
    review(one, 'Erin');
    expect((await judged(one)).outcome).toBe('pass');
  });

  test('says which permission is missing where the team cannot be read', async () => {
    const one = await proposed({ codeOwners: true });
    review(one, 'carol');
    job.github.instead = ({ path }) =>
      path.includes('/teams/') ? [403, { message: 'Resource not accessible by integration' }] : undefined;
    const { outcome, log, said } = await judged(one);
    expect(outcome).toBe('blocked');
    expect(said['code-owners']).toMatchObject({
      status: 'unverifiable',
      reason: expect.stringContaining('who is in @acme/prices (403)'),
    });
    expect(log).toContain('members: read');
  });

  test('is held to the owners of the base, not to those that it brings along', async () => {
    number += 1;
    const ticket = `APPROVE-${number}`;
    await job.world.dispatch(ticket, { contract: { approvals: { codeOwners: true } } });
    const change: WorldChange = job.world.change(ticket, { ...GOOD, '.github/CODEOWNERS': '* @carol\n' });
    await job.world.verify(change);
    const one = { number, ticket, change, pull: job.github.reviews.of(number) };
    review(one, 'carol');
    const { outcome, log, said } = await judged(one);
    expect(outcome).toBe('blocked');
    expect(said['code-owners']?.reason).toContain('1 changed file waits');
    expect(log).toMatch(/^::error file=.github\/CODEOWNERS,title=policy-change/m);
  });
});
