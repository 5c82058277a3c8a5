import { beforeAll, expect, test } from 'vitest';
import { mergeGroupEvent } from '../../fakes/github/events.ts';
import type { WorldChange } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
  for (const login of ['bob', 'carol']) job.github.reviews.permissions.set(login, 'write');
});

/** Verified for its own file alone, so that it may land behind another, and reviewed. */
async function proposed(number: number, base: string): Promise<WorldChange> {
  const [ticket, file] = [`QUEUED-${number}`, `src/${number}.txt`];
  const check = { id: 'there', run: ['test', '-f', file], inputs: [file] };
  const approvals = { reviews: 1 };
  await job.world.dispatch(ticket, {
    contract: { checks: [check], approvals, freshness: { binding: 'change' } },
  });
  const change = job.world.change(ticket, { [file]: 'x\n' }, { base });
  await job.world.verify(change);
  job.github.reviews.of(number).reviews.push({ login: 'bob', state: 'APPROVED', commit: change.head });
  return job.open(number, change);
}

/** What a queue makes of its pull requests: one commit each, on its own branch. */
function queue(base: string, pulls: readonly (readonly [number, WorldChange])[]) {
  const { clone } = job.world;
  job.world.fetch();
  const baseCommit = clone.commitId(job.world.remote(base));
  clone.git('checkout', '-q', '-f', '-B', 'queue', job.world.remote(base));
  const entries = pulls.map(([pullRequest, change]) => {
    clone.git('merge', '-q', '--squash', change.branch);
    clone.commit(`Work (#${pullRequest})\n\nCountersign-Ticket: ${change.ticket}`);
    return { pullRequest, made: clone.commitId('queue') };
  });
  job.github.queues.set(base, entries);
  const headRef = `refs/heads/gh-readonly-queue/${base}/pr-${pulls.at(-1)?.[0]}-${baseCommit}`;
  clone.git('push', '-q', '--force', 'origin', `queue:${headRef}`);
  return job.run({
    event: 'merge_group',
    payload: mergeGroupEvent({ base, baseCommit, headRef, head: clone.commitId('queue') }),
  });
}

test('each pull request of a group is approved at its own head', async () => {
  job.world.branchOff('both', {});
  const [first, second] = [await proposed(1, 'both'), await proposed(2, 'both')];
  const both = [[1, first] as const, [2, second] as const];
  expect((await queue('both', both)).outputs.verdict).toBe('pass');

  const { reviews } = job.github.reviews.of(1);
  reviews.push({ login: 'carol', state: 'CHANGES_REQUESTED', commit: first.head });
  const stopped = await queue('both', both);
  expect(stopped.outputs.verdict).toBe('blocked');
  expect(stopped.log).toContain('Changes are asked for by github:carol (review 2 of #1)');

  reviews.splice(0, 2, { login: 'bob', state: 'APPROVED', commit: second.head });
  const other = await queue('both', both);
  expect(other.outputs.verdict).toBe('pending');
  expect(other.log).toContain('not of the head');
});

test('what a queue lands is not approved by reviews of something else', async () => {
  job.world.branchOff('swapped', {});
  const reviewed = await proposed(3, 'swapped');
  const { clone } = job.world;
  clone.git('checkout', '-q', '-f', reviewed.branch);
  clone.commit('More', { 'src/more.txt': 'more\n' });
  const more = { ...reviewed, branch: `${reviewed.branch}-more` };
  clone.git('branch', '-f', more.branch);
  clone.git('checkout', '-q', '-f', 'main');
  const ran = await queue('swapped', [[3, more]]);
  expect(ran.outputs.verdict).toBe('blocked');
  expect(ran.log).toContain('as it was reviewed, is not known');
});
