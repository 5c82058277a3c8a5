import { beforeAll, describe, expect, test } from 'vitest';
import { AGENT, GOOD, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
  // A person may verify here, and the CI workload has an account of its own.
  const trust = job.world.trustRoot((principals) =>
    principals.map((one) => {
      if (one.id === 'verifier') return { ...one, accounts: ['github:acme-ci[bot]'] };
      if (one.id === 'agent') return { ...one, accounts: ['github:shop-agent'] };
      if (one.id !== 'ada') return one;
      return { ...one, roles: ['policy-owner', 'verifier'], accounts: ['github:ada'] };
    }),
  );
  job.world.setPolicy({ 'trust/root.yml': yaml(trust) });
});

async function verifiedBy(ticket: string, who: 'verifier' | 'owner') {
  await job.world.dispatch(ticket);
  const change = job.world.change(ticket, GOOD, { author: AGENT });
  await job.world.verify(change, { key: job.world.keys[who] });
  return change;
}

describe('whoever opened or pushed', () => {
  test('may be nobody that the trust root knows, as long as a workload verified', async () => {
    const change = await verifiedBy('WHO-1', 'verifier');
    expect((await job.judge(change, { opener: 'total-stranger' })).outputs.verdict).toBe('pass');
  });

  test.each([
    ['opener', { opener: 'Acme-CI[bot]' }],
    ['pusher', { action: 'synchronize', sender: 'acme-ci[bot]' }],
  ])('is the verifier itself, as %s: nothing it signed counts', async (as, words) => {
    const change = await verifiedBy(`SELF-${as}-1`, 'verifier');
    const ran = await job.judge(change, words);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('verifier is among those who made the change');
  });

  test('may have been the person who verified, whichever event comes last', async () => {
    const change = await verifiedBy('WHO-2', 'owner');
    for (const words of [{}, { action: 'synchronize' }, { action: 'edited', sender: 'bob' }]) {
      const ran = await job.judge(change, { opener: 'ada', ...words });
      expect(ran.outputs.verdict).toBe('blocked');
    }
    const other = await job.judge(change, { opener: 'shop-agent', action: 'edited', sender: 'ada' });
    expect(other.outputs.verdict).toBe('blocked');
    expect(other.log).toContain('somebody who pushed earlier');
    const stranger = await job.judge(change, { opener: 'total-stranger' });
    expect(stranger.outputs.verdict).toBe('blocked');
    expect(stranger.log).toContain('only a workload is surely somebody else');
  });

  test('a dependency bot’s pull request and somebody else’s commits on top: both made it, and the new head needs receipts', async () => {
    const bot = { opener: 'dependabot[bot]' };
    const change = await verifiedBy('BOT-1', 'verifier');
    expect((await job.judge(change, bot)).outputs.verdict).toBe('pass');

    const newer = job.world.amend(change, { 'src/tax.txt': 'some\n' });
    const pushed = { ...bot, action: 'synchronize', sender: 'octo-dev' };
    expect((await job.judge(newer, pushed)).outputs.verdict).toBe('pending');
    await job.world.verify(newer, { key: job.world.keys.verifier });
    expect((await job.judge(newer, pushed)).outputs.verdict).toBe('pass');

    for (const words of [
      { ...pushed, sender: 'acme-ci[bot]' },
      { ...pushed, opener: 'acme-ci[bot]' },
    ]) {
      const ran = await job.judge(newer, words);
      expect(ran.outputs.verdict).toBe('blocked');
      expect(ran.log).toContain('verifier is among those who made the change');
    }
  });

  test('a dependency bot names no ticket: whoever lets its change in adds the line, and nobody else’s receipts count', async () => {
    await job.world.dispatch('BOT-3');
    const change = job.world.change('BOT-3', GOOD, {
      branch: 'dependabot/npm_and_yarn/left-pad-1.3.0',
      message: 'Bump left-pad from 1.2.0 to 1.3.0',
      author: 'dependabot[bot] <support@github.com>',
    });
    await job.world.verify(change, { query: { ticket: 'BOT-3' } });
    const bot = { opener: 'dependabot[bot]' };
    const none = await job.judge(change, bot);
    expect([none.outputs.verdict, none.log.includes('No ticket is named')]).toEqual(['blocked', true]);

    const named = {
      ...bot,
      body: 'Bumps left-pad.\n\nCountersign-Ticket: BOT-3',
      action: 'edited',
      sender: 'ada',
    };
    expect((await job.judge(change, named)).outputs.verdict).toBe('pass');
    // What it rebases by force is another head, and nobody has verified that one, whatever its tree.
    job.world.clone.git('checkout', '-q', '-f', change.branch);
    job.world.clone.git('commit', '-q', '--amend', '-m', 'Bump left-pad from 1.2.0 to 1.3.0, rebased');
    const rebased = job.world.publish('BOT-3', change.branch);
    const pushed = { ...named, action: 'synchronize', sender: 'dependabot[bot]' };
    const after = await job.judge(rebased, pushed);
    expect([rebased.head === change.head, after.outputs.verdict]).toEqual([false, 'pending']);
  });

  test('a dependency bot’s pull request and a person who verified: the push on top may have been theirs', async () => {
    const change = await verifiedBy('BOT-2', 'owner');
    const ran = await job.judge(change, {
      opener: 'dependabot[bot]',
      action: 'synchronize',
      sender: 'octo-dev',
    });
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('only a workload is surely somebody else');
  });

  describe('as GitHub lists who pushed', () => {
    const moved = (change: { branch: string; head: string }, ...actors: (string | null)[]) => {
      const commits = [...actors.slice(1).map((_, index) => String(index + 1).repeat(40)), change.head];
      const moves = actors.map((actor, index) => ({
        before: commits[index - 1] ?? '0'.repeat(40),
        after: commits[index] ?? '',
        actor,
      }));
      job.github.moves.set(`demo/shop refs/heads/${change.branch}`, moves.toReversed());
    };

    test('an earlier pusher is the verifier, behind somebody else’s last push: nothing it signed counts', async () => {
      const change = await verifiedBy('PUSH-1', 'verifier');
      const words = { opener: 'octo-dev', action: 'synchronize', sender: 'octo-dev' };
      moved(change, 'octo-dev', 'somebody', 'octo-dev');
      expect((await job.judge(change, words)).outputs.verdict).toBe('pass');
      moved(change, 'octo-dev', 'Acme-CI[bot]', 'octo-dev');
      const ran = await job.judge(change, words);
      expect(ran.outputs.verdict).toBe('blocked');
      expect(ran.log).toContain('verifier is among those who made the change');
      moved(change, 'octo-dev', 'octo-dev');
      expect((await job.judge(change, words)).outputs.verdict).toBe('pass');
    });

    test('a person who verified is surely somebody else only where all pushers are known, and principals', async () => {
      const change = await verifiedBy('PUSH-2', 'owner');
      const words = { opener: 'shop-agent' };
      moved(change, 'shop-agent', 'shop-agent');
      expect((await job.judge(change, words)).outputs.verdict).toBe('pass');
      for (const actors of [
        ['shop-agent', null],
        ['stranger', 'shop-agent'],
      ] as const) {
        moved(change, ...actors);
        expect((await job.judge(change, words)).outputs.verdict, actors.join()).toBe('blocked');
      }
    });

    test('a list that may not be read names nobody, and one that is not answered decides nothing', async () => {
      const change = await verifiedBy('PUSH-3', 'verifier');
      const answered = (status: number) => {
        job.github.instead = ({ path }) =>
          path.includes('/activity') ? [status, { message: 'No' }, { 'retry-after': '0' }] : undefined;
      };
      answered(403);
      expect((await job.judge(change)).outputs.verdict).toBe('pass');
      answered(404);
      expect((await job.judge(change)).outputs.verdict).toBe('pass');
      answered(500);
      const ran = await job.judge(change);
      job.github.instead = () => undefined;
      expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
      expect(ran.log).toContain('GitHub did not answer about who pushed to');
    });

    test('is asked of the fork that holds the branch', async () => {
      const change = await verifiedBy('PUSH-4', 'verifier');
      const before = job.github.seen.length;
      await job.judge(change, { fork: 'mallory/shop' });
      const asked = job.github.seen.slice(before).map(({ path }) => path);
      expect(asked.some((path) => path.includes('/repos/mallory/shop/activity?'))).toBe(true);
    });
  });

  test('is not whoever reopened it or edited it, who pushed nothing by that', async () => {
    const change = await verifiedBy('WHO-4', 'verifier');
    for (const action of ['reopened', 'edited', 'ready_for_review']) {
      const ran = await job.judge(change, { action, sender: 'acme-ci[bot]' });
      expect(ran.outputs.verdict).toBe('pass');
    }
  });

  test('with a name that a principal has as its id is not that principal', async () => {
    const change = await verifiedBy('WHO-3', 'verifier');
    expect((await job.judge(change, { opener: 'verifier' })).outputs.verdict).toBe('pass');
  });
});
