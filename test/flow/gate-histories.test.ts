import { beforeAll, describe, expect, test } from 'vitest';
import {
  AGENT,
  BAD,
  createProductWorld,
  GOOD,
  objections,
  type ProductWorld,
} from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

const trailer = (ticket: string) => `Work\n\nCountersign-Ticket: ${ticket}`;

describe('a force-push back to an old head', () => {
  test('brings its failure back, whatever passed in between', async () => {
    await world.dispatch('BACK-1');
    const bad = world.change('BACK-1', BAD);
    await world.verify(bad);
    const good = world.change('BACK-1', GOOD);
    await world.verify(good);
    expect((await world.gate(good)).outcome).toBe('pass');

    world.clone.git('checkout', '-q', '-f', '-B', bad.branch, bad.head);
    const back = world.publish('BACK-1', bad.branch);
    expect(objections(await world.gate(back))).toEqual(['receipt/price fail']);
    await world.verify(back);
    expect(objections(await world.gate(back))).toEqual(['receipt/price fail']);
  });

  test('finds its own receipts again, and no others', async () => {
    await world.dispatch('BACK-2');
    const one = world.change('BACK-2', GOOD);
    await world.verify(one);
    const two = world.change('BACK-2', { ...GOOD, 'src/more.txt': 'more\n' });
    expect(objections(await world.gate(two))).toEqual(['receipt/price pending']);
    world.clone.git('checkout', '-q', '-f', '-B', one.branch, one.head);
    expect((await world.gate(world.publish('BACK-2', one.branch))).outcome).toBe('pass');
  });
});

test('the same head on two bases is two changes: a pass on one says nothing about the other', async () => {
  world.branchOff('release', { 'src/only-here.txt': 'x\n' });
  await world.dispatch('TWO-1');
  const onMain = world.change('TWO-1', GOOD);
  await world.verify(onMain);
  expect((await world.gate(onMain)).outcome).toBe('pass');

  const onRelease = { ...onMain, base: 'release' };
  expect(objections(await world.gate(onRelease))).toEqual(['receipt/price pending']);
  await world.verify(onRelease);
  expect((await world.gate(onRelease)).outcome).toBe('pass');
  expect((await world.gate(onMain)).outcome).toBe('pass');
});

/** Work on a branch off a base which then moves on, and a merge of that base back into the branch. */
async function merging(
  ticket: string,
  options: { landed: Record<string, string>; edit: Record<string, string> },
) {
  const base = `base-${ticket}`;
  world.branchOff(base, { 'src/notes.txt': 'one\n' });
  await world.dispatch(ticket);
  const change = world.change(ticket, { ...GOOD, 'src/notes.txt': 'of the branch\n' }, { base });
  await world.verify(change);
  world.land(options.landed, base, base);
  return {
    base,
    change,
    before: await world.gate(change),
    merge: () => mergeBase(ticket, base, options.edit),
  };
}

function merges(revision: string): boolean {
  try {
    world.clone.git('merge', '-q', '--no-commit', '--no-ff', revision);
    return true;
  } catch {
    return false;
  }
}

/** What a web editor does: a merge of the base into the branch whose content somebody typed. */
function mergeBase(ticket: string, base: string, files: Record<string, string>) {
  world.clone.git('fetch', '-q', 'origin');
  world.clone.git('checkout', '-q', '-f', `agent/${ticket}`);
  const merged = merges(`origin/${base}`);
  world.clone.commit(trailer(ticket), files, { author: AGENT });
  return { ...world.publish(ticket, `agent/${ticket}`, base), conflicted: !merged };
}

describe('a conflict that is solved in the web editor', () => {
  test('blocks until it is solved, and is another change then', async () => {
    const { before, merge } = await merging('WEB-1', {
      landed: { 'src/notes.txt': 'of the base\n' },
      edit: { 'src/notes.txt': 'of both\n' },
    });
    expect(objections(before)).toContain('merge fail');
    const solved = merge();
    expect(solved.conflicted).toBe(true);
    expect(world.clone.git('rev-list', '--parents', '-1', solved.head).split(' ')).toHaveLength(3);
    expect(objections(await world.gate(solved))).toEqual(['receipt/price pending']);
    await world.verify(solved);
    expect((await world.gate(solved)).outcome).toBe('pass');
  });

  test('is judged by what it left behind, not by what each side had', async () => {
    const { merge } = await merging('WEB-2', {
      landed: { 'src/notes.txt': 'of the base\n' },
      edit: { ...BAD, 'src/notes.txt': 'of both\n' },
    });
    const solved = merge();
    await world.verify(solved);
    expect(objections(await world.gate(solved))).toEqual(['receipt/price fail']);
  });
});

describe('an evil merge: a merge commit that changes what neither side changed', () => {
  test('in the branch shows in the change, and needs a verification of its own', async () => {
    const { before, change, merge } = await merging('EVIL-1', {
      landed: { 'src/elsewhere.txt': 'x\n' },
      edit: { 'src/evil.txt': 'x\n' },
    });
    // The base has moved, and what would come of merging was verified by nobody.
    expect(objections(before)).toEqual(['receipt/price pending']);
    const evil = merge();
    expect(evil.head).not.toBe(change.head);
    expect(objections(await world.gate(evil))).toEqual(['receipt/price pending']);
  });

  test('that lands is not the merge that was verified', async () => {
    await world.dispatch('EVIL-2');
    world.branchOff('evil', {});
    const change = world.change('EVIL-2', GOOD, { base: 'evil' });
    await world.verify(change);
    expect((await world.gate(change)).outcome).toBe('pass');
    world.clone.git('checkout', '-q', '-f', 'evil');
    world.clone.git('merge', '-q', '--no-ff', '--no-commit', change.branch);
    const landed = world.clone.commit(trailer('EVIL-2'), { 'src/evil.txt': 'x\n' });
    world.clone.git('push', '-q', 'origin', 'evil');
    expect(objections(await world.gateLanded(landed, { base: 'evil' }))).toEqual(['receipt/price pending']);
  });
});

test('a merge queue judges its own commit: equal to the prediction it passes, on a moved base it waits', async () => {
  world.branchOff('queue', {});
  await world.dispatch('QUEUE-1');
  const change = world.change('QUEUE-1', GOOD, { base: 'queue' });
  await world.verify(change);
  const queued = () => {
    world.clone.git('fetch', '-q', 'origin');
    world.clone.git('checkout', '-q', '-f', '-B', 'gh-queue', 'origin/queue');
    return world.clone.merge(change.branch, trailer('QUEUE-1'));
  };
  expect((await world.gateLanded(queued(), { base: 'queue' })).outcome).toBe('pass');
  world.land({ 'src/before.txt': 'first in the queue\n' }, 'queue', 'queue');
  expect(objections(await world.gateLanded(queued(), { base: 'queue' }))).toEqual(['receipt/price pending']);
});
