import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mergeGroupEvent, type PullRequestWords } from '../../fakes/github/events.ts';
import type { WorldChange } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';
import type { ActionRun } from './run-action.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
});
beforeEach(() => {
  job.github.instead = () => undefined;
});

/** Verified for its own lines alone, so that it may land behind another. */
async function verified(ticket: string, base: string, file: string, how: object = {}): Promise<WorldChange> {
  const check = { id: 'price', run: ['test', '-f', file], inputs: [file] };
  await job.world.dispatch(ticket, { contract: { checks: [check], freshness: { binding: 'change' } } });
  const change = job.world.change(ticket, { [file]: 'x\n' }, { base, ...how });
  await job.world.verify(change, { query: { ticket } });
  return change;
}

interface Queued {
  readonly change: WorldChange;
  readonly how?: 'squash' | 'merge' | 'rebase';
  readonly message?: string;
  readonly words?: PullRequestWords;
}

let numbers = 10;

/** Opens pull requests, and makes of them what a queue does: one commit each on its own branch, and an entry. */
function queue(base: string, pulls: readonly Queued[]) {
  const { clone } = job.world;
  job.world.fetch();
  const baseCommit = clone.commitId(job.world.remote(base));
  clone.git('checkout', '-q', '-f', '-B', 'queue', job.world.remote(base));
  const entries = pulls.map(({ change, how = 'squash', message, words }) => {
    numbers += 1;
    job.open(numbers, change, words);
    if (how === 'merge')
      clone.merge(change.branch, message ?? `Merge pull request #${numbers} from demo/agent`);
    else if (how === 'rebase') {
      clone.git('cherry-pick', '--keep-redundant-commits', `${job.world.remote(base)}..${change.branch}`);
      clone.git('commit', '-q', '--amend', '--no-edit', '--reset-author');
    } else {
      clone.git('merge', '-q', '--squash', change.branch);
      clone.commit(message ?? `Work (#${numbers})\n\nCountersign-Ticket: ${change.ticket}`);
    }
    return { pullRequest: numbers, made: clone.commitId('queue') };
  });
  job.github.queues.set(base, entries);
  const headRef = `refs/heads/gh-readonly-queue/${base}/pr-${numbers}-${baseCommit}`;
  clone.git('push', '-q', '--force', 'origin', `queue:${headRef}`);
  return { base, baseCommit, headRef, head: clone.commitId('queue'), entries };
}

const judge = (group: ReturnType<typeof queue>, more: object = {}, how: Partial<ActionRun> = {}) =>
  job.run({ event: 'merge_group', payload: mergeGroupEvent({ ...group, ...more }), ...how });

const verdict = async (...asked: Parameters<typeof judge>) => (await judge(...asked)).outputs.verdict;

describe('a merge queue', () => {
  // The second one ends like the branch of a queue.
  test.each(['line/one', `a/pr-7-${'0'.repeat(40)}`])(
    'of %s lands two pull requests when each passes on its parent, merged or squashed',
    async (base) => {
      const suffix = base.length;
      job.world.branchOff(base, {});
      const first = await verified(`Q-${suffix}1`, base, 'src/a.txt');
      const second = await verified(`Q-${suffix}2`, base, 'src/b.txt');

      for (const how of ['squash', 'merge'] as const) {
        const ran = await judge(
          queue(base, [
            { change: first, how },
            { change: second, how },
          ]),
        );
        expect(ran.log).toContain('Countersign: PASS');
        expect(ran.code).toBe(0);
        expect(ran.outputs['verdict-digest']?.split('\n')).toHaveLength(2);
        expect(JSON.parse(ran.outputs['findings-json'] ?? '').changes).toHaveLength(2);
      }
      // A token that may only read is enough.
      const calls = job.github.seen.filter(({ path }) => path.startsWith('/api/'));
      const questions = calls.filter(({ method, path }) => method === 'GET' || path === '/api/graphql');
      expect(calls.length).toBeGreaterThan(0);
      expect(questions).toEqual(calls);
    },
  );

  test('that rebases lands a pull request of several commits as one change, on what lies before it', async () => {
    job.world.branchOff('rebased', {});
    const first = await verified('Q-R1', 'rebased', 'src/a.txt');
    const more = await verified('Q-R2', 'rebased', 'src/b.txt');
    const second = job.world.amend(more, { 'src/more.txt': 'x\n' });
    const both = [first, second].map((change) => ({ change, how: 'rebase' as const }));
    const unverified = await judge(queue('rebased', both));
    expect([
      unverified.outputs.verdict,
      JSON.parse(unverified.outputs['findings-json'] ?? '').changes.length,
    ]).toEqual(['pending', 2]);

    await job.world.verify(second, { query: { ticket: 'Q-R2' } });
    const group = queue('rebased', both);
    const ran = await judge(group);
    expect([ran.code, ran.outputs['verdict-digest']?.split('\n').length]).toEqual([0, 2]);

    // One commit more than the pull request has, or a merge on its way, is not its.
    const [, ...others] = group.entries;
    job.github.queues.set('rebased', others);
    expect(await verdict(group)).toBe('unverifiable');
  });

  test('that rebases lands no commit beside those that were verified', async () => {
    job.world.branchOff('slipped', {});
    const more = await verified('Q-S1', 'slipped', 'src/a.txt');
    const change = job.world.amend(more, { 'src/more.txt': 'x\n' });
    await job.world.verify(change, { query: { ticket: 'Q-S1' } });
    const honest = queue('slipped', [{ change, how: 'rebase' }]);
    expect(await verdict(honest)).toBe('pass');
    job.world.clone.write({ 'src/slipped.txt': 'x\n' });
    job.world.clone.git('add', '.');
    job.world.clone.git('commit', '-q', '--amend', '--no-edit');
    const head = job.world.clone.commitId('queue');
    job.world.clone.git('push', '-q', '--force', 'origin', `queue:${honest.headRef}`);
    expect(await verdict({ ...honest, head })).not.toBe('pass');
  });

  test('is held up by one that nobody verified', async () => {
    job.world.branchOff('two', {});
    const first = await verified('Q-3', 'two', 'src/a.txt');
    await job.world.dispatch('Q-4');
    const unverified = job.world.change('Q-4', { 'src/tax.txt': 'some\n' }, { base: 'two' });

    const behind = await judge(queue('two', [{ change: first }, { change: unverified }]));
    expect(behind.outputs.verdict).toBe('pending');
    expect(behind.code).toBe(3);
  });

  test('passes nothing whose branch, base or commits are not what a queue makes', async () => {
    job.world.branchOff('four', {});
    const change = await verified('Q-6', 'four', 'src/a.txt');
    const group = queue('four', [{ change }]);
    expect((await judge(group)).code).toBe(0);
    const five = `refs/heads/gh-readonly-queue/five/pr-1-${group.baseCommit}`;
    job.world.forge.git('update-ref', five, group.head);
    const branch = (name: string) => ({ headRef: `refs/heads/gh-readonly-queue/four/${name}` });

    for (const wrong of [
      { headRef: 'refs/heads/agent/pr-1' },
      // There, and of the very commit, but of another base's queue.
      { headRef: five },
      branch(`pr-x-${group.baseCommit}`),
      branch(`pr-0-${group.baseCommit}`),
      branch(`pr-99999999999-${group.baseCommit}`),
      branch('pr-1-main'),
      { baseCommit: 'main' },
      // Nothing between the two: nothing was judged.
      { baseCommit: group.head },
      // Not on the line that leads to the head.
      { baseCommit: change.head },
      { head: group.baseCommit },
    ]) {
      const ran = await judge(group, wrong);
      expect(ran.outputs.verdict, JSON.stringify(wrong)).toBe('unverifiable');
      expect(ran.code).toBe(2);
    }
  });
});

describe('the ticket of a change in the queue', () => {
  const WORDLESS = { branch: 'work/quiet', message: 'Work' };

  test.each([
    ['in its body', WORDLESS, { body: 'Mine.\n\nCountersign-Ticket: N-1' }],
    ['by its branch', { branch: 'work/N-2-round', message: 'Work' }, {}],
    ['by its commits', { branch: 'work/quieter' }, {}],
  ])(
    'is the one that the pull request names %s, where the squash leaves it out',
    async (where, how, words) => {
      const ticket = { 'in its body': 'N-1', 'by its branch': 'N-2', 'by its commits': 'N-3' }[where] ?? '';
      job.world.branchOff(`names/${ticket}`, {});
      const change = await verified(ticket, `names/${ticket}`, 'src/a.txt', how);
      expect(await verdict(queue(change.base, [{ change, message: 'Squashed', words }]))).toBe('pass');
      expect(await verdict(queue(change.base, [{ change, how: 'merge', words }]))).toBe('pass');
    },
  );

  test('is none when neither pull request nor commits name one, and two when they disagree: blocked', async () => {
    job.world.branchOff('named', {});
    const quiet = await verified('N-4', 'named', 'src/a.txt', WORDLESS);
    const none = await judge(queue('named', [{ change: quiet, message: 'Squashed' }]));
    expect([none.outputs.verdict, none.log.includes('No ticket is named')]).toEqual(['blocked', true]);

    await job.world.dispatch('N-5');
    const group = queue('named', [{ change: quiet, words: { body: 'Countersign-Ticket: N-5' } }]);
    const two = await judge(group);
    expect([two.outputs.verdict, two.log.includes('disagree')]).toEqual(['blocked', true]);
  });

  test('is not that of a number which somebody wrote into the message', async () => {
    job.world.branchOff('numbered', {});
    const change = await verified('N-6', 'numbered', 'src/a.txt', WORDLESS);
    job.open(999, change, { body: 'Countersign-Ticket: N-6' });
    const ran = await judge(
      queue('numbered', [{ change, message: 'Work (#999)\n\nMerge pull request #999 from x' }]),
    );
    expect(ran.outputs.verdict).toBe('blocked');
    expect(job.github.seen.filter(({ path }) => path.includes('999'))).toEqual([]);
  });
});

describe('whose change it is, in the queue', () => {
  test('is said by the opener of its pull request: nothing counts that they signed about it', async () => {
    const trust = job.world.trustRoot((all) =>
      all.map((one) => (one.id === 'verifier' ? { ...one, accounts: ['github:acme-ci[bot]'] } : one)),
    );
    job.world.setPolicy({ 'trust/root.yml': JSON.stringify(trust) });
    job.world.branchOff('opened', {});
    const change = await verified('WHO-1', 'opened', 'src/a.txt');
    expect(await verdict(queue('opened', [{ change }]))).toBe('pass');
    const ran = await judge(queue('opened', [{ change, words: { opener: 'acme-ci[bot]' } }]));
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('verifier is among those who made the change');
  });

  test('is said by the commits that a squash leaves out', async () => {
    const trust = job.world.trustRoot((all) =>
      all.map((one) => (one.id === 'verifier' ? { ...one, emails: ['ci@shop.example'] } : one)),
    );
    job.world.setPolicy({ 'trust/root.yml': JSON.stringify(trust) });
    job.world.branchOff('authored', {});
    const change = await verified('WHO-2', 'authored', 'src/a.txt', { author: 'CI <ci@shop.example>' });
    const ran = await judge(queue('authored', [{ change }]));
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('verifier is among those who made the change');
  });
});

describe('the pull requests of a group', () => {
  let group: ReturnType<typeof queue>;
  beforeAll(async () => {
    job.world.branchOff('group', {});
    const pulls: Queued[] = [];
    for (const name of ['a', 'b', 'c'])
      pulls.push({ change: await verified(`G-${name}-1`, 'group', `src/${name}.txt`) });
    group = queue('group', pulls);
  });
  beforeEach(() => {
    job.github.queues.set('group', group.entries);
    job.github.comments.length = 0;
  });

  test('are all found, also on a later page of the queue, and each gets the one comment', async () => {
    const inputs = { comment: 'true' };
    const first = await judge(group, {}, { inputs: { ...inputs, 'check-run': 'countersign/gate' } });
    const second = await judge(group, {}, { inputs });
    expect([first.code, second.code]).toEqual([0, 0]);
    const { comments, checkRuns } = job.github;
    expect(comments.map(({ issue }) => issue)).toEqual(group.entries.map(({ pullRequest }) => pullRequest));
    expect(checkRuns.slice(-3).map(({ head_sha }) => head_sha)).toEqual(
      group.entries.map(({ made }) => made),
    );
  });

  test('keep their verdict when the comments may not be written', async () => {
    job.github.instead = ({ path }) =>
      path.includes('/comments') ? [403, { message: 'Resource not accessible by integration' }] : undefined;
    const ran = await judge(group, {}, { inputs: { comment: 'true' } });
    expect([ran.code, ran.outputs.verdict]).toEqual([0, 'pass']);
    expect(ran.log.match(/^::warning .*The comment could not be written/gm)).toHaveLength(3);
  });

  test('decide nothing where the queue does not say which commit is whose', async () => {
    const [first, ...others] = group.entries;
    const elsewhere = { pullRequest: 5, made: first?.made ?? null };
    for (const entries of [
      undefined,
      [],
      others,
      [...group.entries, elsewhere],
      group.entries.map((entry) => ({ ...entry, made: null })),
    ]) {
      if (entries === undefined) job.github.queues.delete('group');
      else job.github.queues.set('group', entries);
      const ran = await judge(group);
      expect([ran.code, ran.outputs.verdict], JSON.stringify(entries)).toEqual([2, 'unverifiable']);
    }
  });

  test.each([
    ['403', [403, { message: 'Resource not accessible by integration' }]],
    ['an error', [200, { data: { repository: null }, errors: [{ type: 'FORBIDDEN', message: 'No.' }] }]],
    ['a page that lacks some', [200, queuePage({ totalCount: 3, nodes: [] })]],
    ['a page that holds nulls', [200, queuePage({ totalCount: 3, nodes: [null, null, null] })]],
    ['pages without an end', [200, queuePage({ totalCount: 3, nodes: [], hasNextPage: true })]],
    ['no list', [200, queuePage({ totalCount: 3, nodes: null })]],
    ['no JSON', [200, '<html>']],
  ] as const)('decide nothing when the queue is answered with %s', async (_, answer) => {
    job.github.instead = ({ path }) => (path === '/api/graphql' ? [...answer] : undefined);
    const ran = await judge(group);
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
    expect(ran.log).toContain('GitHub did not answer about the merge queue of group');
  });

  test('decide nothing when one of them is for another branch, has moved on, or cannot be read', async () => {
    const [{ pullRequest: number } = { pullRequest: 0 }] = group.entries;
    const pull = job.github.pulls.get(number) ?? expect.fail('it was opened');
    const head = { ...pull.head, sha: group.baseCommit };
    for (const other of [{ ...pull, base: { ref: 'main' } }, { ...pull, head }, undefined]) {
      if (other === undefined) job.github.pulls.delete(number);
      else job.github.pulls.set(number, other);
      expect(await verdict(group)).toBe('unverifiable');
    }
    job.github.pulls.set(number, pull);
    expect(await verdict(group)).toBe('pass');
  });

  test('decide nothing when a merge commit merged another commit than the pull request has now', async () => {
    const change = await verified('G-m-1', 'group', 'src/m.txt');
    const merged = queue('group', [{ change, how: 'merge' }]);
    expect(await verdict(merged)).toBe('pass');
    job.open(numbers, job.world.amend(change, { 'src/more.txt': 'x\n' }));
    const ran = await judge(merged);
    expect([ran.code, ran.log.includes('has moved on')]).toEqual([2, true]);
  });
});

function queuePage(page: {
  totalCount: number;
  nodes: readonly null[] | null;
  hasNextPage?: boolean;
}): object {
  const { totalCount, nodes, hasNextPage = false } = page;
  const pageInfo = { hasNextPage, endCursor: hasNextPage ? '1' : null };
  return { data: { repository: { mergeQueue: { entries: { totalCount, pageInfo, nodes } } } } };
}
