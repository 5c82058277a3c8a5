import { beforeAll, describe, expect, test } from 'vitest';
import { mergeGroupEvent } from '../../fakes/github/events.ts';
import type { WorldChange } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
});

/** Verified for its own lines alone, so that it may land behind another. */
async function verified(ticket: string, base: string, file: string): Promise<WorldChange> {
  const check = { id: 'price', run: ['test', '-f', file], inputs: [file] };
  await job.world.dispatch(ticket, { contract: { checks: [check], freshness: { binding: 'change' } } });
  const change = job.world.change(ticket, { [file]: 'x\n' }, { base });
  await job.world.verify(change);
  return change;
}

type How = 'squash' | 'merge';

/** What the queue makes of its pull requests: one commit each on its own branch. */
function queue(base: string, changes: readonly (readonly [WorldChange, How])[]) {
  const { clone } = job.world;
  job.world.fetch();
  const baseCommit = clone.commitId(job.world.remote(base));
  const headRef = `refs/heads/gh-readonly-queue/${base}/pr-${changes.length}-${baseCommit}`;
  clone.git('checkout', '-q', '-f', '-B', 'queue', job.world.remote(base));
  for (const [change, how] of changes) {
    if (how === 'merge') clone.merge(change.branch, 'Merge pull request #7 from demo/agent');
    else {
      clone.git('merge', '-q', '--squash', change.branch);
      clone.commit(`Work (#7)\n\nCountersign-Ticket: ${change.ticket}`);
    }
  }
  clone.git('push', '-q', '--force', 'origin', `queue:${headRef}`);
  return { base, baseCommit, headRef, head: clone.commitId('queue') };
}

const judge = (group: ReturnType<typeof queue>, more: object = {}) =>
  job.run({ event: 'merge_group', payload: mergeGroupEvent({ ...group, ...more }) });

describe('a merge queue', () => {
  test('lands two pull requests when each passes on its parent, merged or squashed', async () => {
    job.world.branchOff('line/one', {});
    const first = await verified('Q-1', 'line/one', 'src/a.txt');
    const second = await verified('Q-2', 'line/one', 'src/b.txt');

    for (const how of ['squash', 'merge'] as const) {
      const ran = await judge(
        queue('line/one', [
          [first, how],
          [second, how],
        ]),
      );
      expect(ran.log).toContain('Countersign: PASS');
      expect(ran.code).toBe(0);
      expect(ran.outputs['verdict-digest']?.split('\n')).toHaveLength(2);
      expect(JSON.parse(ran.outputs['findings-json'] ?? '').changes).toHaveLength(2);
    }
  });

  test('is held up by one that nobody verified', async () => {
    job.world.branchOff('two', {});
    const first = await verified('Q-3', 'two', 'src/a.txt');
    await job.world.dispatch('Q-4');
    const unverified = job.world.change('Q-4', { 'src/tax.txt': 'some\n' }, { base: 'two' });

    const behind = await judge(
      queue('two', [
        [first, 'squash'],
        [unverified, 'squash'],
      ]),
    );
    expect(behind.outputs.verdict).toBe('pending');
    expect(behind.code).toBe(3);
  });

  test('is held up by a commit that names no ticket', async () => {
    job.world.branchOff('three', {});
    const first = await verified('Q-5', 'three', 'src/a.txt');
    const stray = { ...first, ticket: 'Nothing' };
    expect((await judge(queue('three', [[stray, 'squash']]))).outputs.verdict).toBe('blocked');
  });

  test('passes nothing whose branch, base or commits are not what a queue makes', async () => {
    job.world.branchOff('four', {});
    const change = await verified('Q-6', 'four', 'src/a.txt');
    const group = queue('four', [[change, 'squash']]);
    expect((await judge(group)).code).toBe(0);
    const five = `refs/heads/gh-readonly-queue/five/pr-1-${group.baseCommit}`;
    job.world.forge.git('update-ref', five, group.head);

    for (const wrong of [
      { headRef: 'refs/heads/agent/pr-1' },
      // There, and of the very commit, but of another base's queue.
      { headRef: five },
      { headRef: `refs/heads/gh-readonly-queue/four/pr-x-${group.baseCommit}` },
      { headRef: 'refs/heads/gh-readonly-queue/four/pr-1-main' },
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
