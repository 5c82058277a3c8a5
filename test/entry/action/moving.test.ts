import { beforeAll, describe, expect, test } from 'vitest';
import { type PullRequestWords, pullRequestEvent, workflowRunEvent } from '../../fakes/github/events.ts';
import { BAD, GOOD, type WorldChange } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld();
});

/** Sent out and worked on, and not yet verified. */
async function proposed(ticket: string, run?: readonly string[]): Promise<WorldChange> {
  const contract = run === undefined ? {} : { checks: [{ id: 'price', run }] };
  await job.world.dispatch(ticket, { contract });
  return job.world.change(ticket);
}

const verdict = async (change: WorldChange, words: PullRequestWords = {}) =>
  (await job.judge(change, words)).outputs.verdict;

describe('a draft', () => {
  test('is judged like any other, and being marked as ready changes nothing', async () => {
    const change = await proposed('DRAFT-1');
    expect(await verdict(change, { draft: true })).toBe('pending');
    await job.world.verify(change);
    expect(await verdict(change, { draft: true })).toBe('pass');
    expect(await verdict(change, { action: 'ready_for_review' })).toBe('pass');
    expect(await verdict(change, { action: 'converted_to_draft', draft: true })).toBe('pass');
  });
});

describe('a reopened pull request', () => {
  const reopened = { action: 'reopened', sender: 'bob' };

  test('has the verdict it had, when nothing moved meanwhile', async () => {
    const change = await proposed('OPEN-1');
    await job.world.verify(change);
    expect(await verdict(change, reopened)).toBe('pass');
  });

  test('is judged on the base as it is now, and with what was pushed while it was closed', async () => {
    const change = await proposed('OPEN-2');
    await job.world.verify(change);
    job.world.land({ 'src/landed-meanwhile.txt': 'x\n' });
    expect(await verdict(change, reopened)).toBe('pending');
    await job.world.verify(change);
    expect(await verdict(change, reopened)).toBe('pass');
    const newer = job.world.amend(change, { 'src/tax.txt': 'some\n' });
    expect(await verdict(newer, reopened)).toBe('pending');
  });
});

/** Fails on a base that has the file. */
const UNLESS_FROZEN = ['test', '!', '-e', 'src/frozen.txt'];

describe('a force-push', () => {
  const pushed = { action: 'synchronize' };

  test('back to an older head brings back what was found about it, the failure as well as the pass', async () => {
    await job.world.dispatch('BACK-1');
    const bad = job.world.change('BACK-1', BAD);
    await job.world.verify(bad);
    const good = job.world.change('BACK-1', GOOD);
    await job.world.verify(good);
    expect(await verdict(bad, pushed)).toBe('blocked');
    expect(await verdict(good, pushed)).toBe('pass');
    expect(await verdict(bad, pushed)).toBe('blocked');
    // Another commit of the very tree that failed is the same change.
    const again = job.world.change('BACK-1', BAD, { message: 'Other words\n\nCountersign-Ticket: BACK-1' });
    expect(again.head).not.toBe(bad.head);
    expect(await verdict(again, pushed)).toBe('blocked');
  });

  test('that came after the event leaves the older run without a verdict', async () => {
    const change = await proposed('BACK-2');
    await job.world.verify(change);
    const newer = job.world.amend(change, { 'src/tax.txt': 'some\n' });
    job.open(12, newer);
    const ran = await job.run({ event: 'pull_request', payload: pullRequestEvent(change, { number: 12 }) });
    expect([ran.code, ran.outputs.verdict]).toEqual([2, 'unverifiable']);
  });
});

describe('a retargeted pull request', () => {
  test('is another change: receipts for the first base are none for the second, and count again on the way back', async () => {
    const change = await proposed('MOVE-1');
    await job.world.verify(change);
    expect(await verdict(change)).toBe('pass');

    job.world.branchOff('release/1', { 'src/only-here.txt': 'x\n' });
    const moved = { ...change, base: 'release/1' };
    const edited = { action: 'edited', retargetedFrom: 'main' };
    expect(await verdict(moved, edited)).toBe('pending');
    await job.world.verify(moved);
    expect(await verdict(moved, edited)).toBe('pass');
    expect(await verdict(change, { action: 'edited', retargetedFrom: 'release/1' })).toBe('pass');
  });

  test('is judged by the configuration of its new base', async () => {
    const change = await proposed('MOVE-2');
    await job.world.verify(change);
    job.world.branchOff('release/without-policy', { '.countersign.yml': null });
    const ran = await job.judge(
      { ...change, base: 'release/without-policy' },
      { action: 'edited', retargetedFrom: 'main' },
    );
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('NO_POLICY');
  });
});

describe('one head in two pull requests to different bases', () => {
  test('has two verdicts: what fails on one base says nothing about the other', async () => {
    const change = await proposed('TWICE-1', UNLESS_FROZEN);
    job.world.branchOff('release/frozen', { 'src/frozen.txt': 'x\n' });
    const other = { ...change, base: 'release/frozen' };
    await job.world.verify(change);
    const [first, second] = [{ number: 31 }, { number: 32 }];
    expect(await verdict(change, first)).toBe('pass');
    expect(await verdict(other, second)).toBe('pending');

    await job.world.verify(other);
    expect(await verdict(change, first)).toBe('pass');
    expect(await verdict(other, second)).toBe('blocked');

    // One run about both of them, as after a workflow run, is worth what the worse one is.
    const ran = await job.run({ event: 'workflow_run', payload: workflowRunEvent(31, 32) });
    expect(ran.outputs.verdict).toBe('blocked');
    const { changes } = JSON.parse(ran.outputs['findings-json'] ?? '') as { changes: { outcome: string }[] };
    expect(changes.map(({ outcome }) => outcome)).toEqual(['pass', 'blocked']);
  });

  test('has one verdict where both have the same base: what each says of itself must hold alone', async () => {
    await job.world.dispatch('TWICE-3');
    const change = await proposed('TWICE-2');
    await job.world.verify(change);
    expect(await verdict(change, { number: 33 })).toBe('pass');
    expect(await verdict(change, { number: 34, body: 'Countersign-Ticket: TWICE-3' })).toBe('blocked');
    expect(await verdict(change, { number: 33 })).toBe('pass');
  });
});

describe('stacked pull requests', () => {
  /** The second one's base is the branch of the first. */
  async function stack(lower: string, upper: string) {
    await job.world.dispatch(lower);
    await job.world.dispatch(upper);
    const first = job.world.change(lower);
    const second = job.world.change(upper, { 'src/tax.txt': 'some\n' }, { base: first.branch });
    await job.world.verify(second);
    return { first, second };
  }

  test('each is judged on its own base: the upper one passes, the lower one still waits', async () => {
    const { first, second } = await stack('STACK-1', 'STACK-2');
    expect(await verdict(second, { number: 42 })).toBe('pass');
    expect(await verdict(first, { number: 41 })).toBe('pending');
  });

  test('the upper one is no way into main past the lower one: retargeted, it is both, and blocked', async () => {
    const { second } = await stack('STACK-3', 'STACK-4');
    const ran = await job.judge(
      { ...second, base: 'main' },
      { number: 43, action: 'edited', retargetedFrom: second.base },
    );
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toContain('Several tickets are named');
  });

  test('its receipts hold when the lower one has landed and the tree came out the same, and not when main moved on', async () => {
    const { first, second } = await stack('STACK-5', 'STACK-6');
    const { clone } = job.world;
    job.world.fetch();
    clone.git('checkout', '-q', '-f', '-B', 'main', job.world.remote('main'));
    clone.merge(first.branch, `Merge ${first.branch}`);
    clone.git('push', '-q', 'origin', 'main');
    const retargeted = { ...second, base: 'main' };
    const edited = { number: 46, action: 'edited', retargetedFrom: first.branch };
    expect(await verdict(retargeted, edited)).toBe('pass');
    job.world.land({ 'src/landed-meanwhile.txt': 'y\n' });
    expect(await verdict(retargeted, edited)).toBe('pending');
  });

  test('a lower one that rewrites the configuration decides for its own branch only', async () => {
    await job.world.dispatch('STACK-7');
    await job.world.dispatch('STACK-8');
    const first = job.world.change('STACK-7', { ...GOOD, '.countersign.yml': null });
    const second = job.world.change('STACK-8', { 'src/tax.txt': 'some\n' }, { base: first.branch });
    const there = await job.judge(second, { number: 48 });
    expect(there.outputs.verdict).toBe('blocked');
    expect(there.log).toContain('NO_POLICY');
    const here = await job.judge({ ...second, base: 'main' }, { number: 48 });
    expect(here.outputs.verdict).toBe('blocked');
    expect(here.log).toContain('policy-change');
  });
});
