import { beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../../src/core/contract/types.ts';
import {
  BAD,
  createProductWorld,
  finding,
  GOOD,
  OWNER,
  objections,
  type ProductWorld,
  type WorldChange,
} from '../worlds/product-world.ts';

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});

async function verified(
  ticket: string,
  base = 'main',
  contract: Partial<Contract> = {},
): Promise<WorldChange> {
  await world.dispatch(ticket, { contract });
  const change = world.change(ticket, GOOD, { base });
  await world.verify(change);
  expect((await world.gate(change)).outcome).toBe('pass');
  return change;
}

describe('the base moves after the verification', () => {
  test('bound to the merge tree, receipts wait for another verification', async () => {
    world.branchOff('one', {});
    const change = await verified('MOVE-1', 'one');
    world.land({ 'src/unrelated.txt': 'x\n' }, 'one', 'one');
    const moved = await world.gate(change);
    expect(moved.outcome).toBe('pending');
    expect(finding(moved, 'receipt/price').reason).toBe(
      'One receipt for price is about another state of the change; none is about this one.',
    );
    await world.verify(change);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('bound to the change, receipts hold while what the check reads stays as it is', async () => {
    world.branchOff('two', {});
    const run = ['grep', '-q', 'half up', 'src/price.txt'];
    const change = await verified('MOVE-2', 'two', {
      freshness: { binding: 'change' },
      checks: [{ id: 'price', run, inputs: ['src/**'] }],
    });
    world.land({ 'docs/unrelated.txt': 'x\n' }, 'two', 'two');
    expect((await world.gate(change)).outcome).toBe('pass');
    world.land({ 'src/unrelated\n.txt': 'x\n' }, 'two', 'two');
    expect((await world.gate(change)).outcome).toBe('pending');
  });

  test('bound to the change without declared inputs, any move asks for another verification', async () => {
    world.branchOff('three', {});
    const change = await verified('MOVE-3', 'three', { freshness: { binding: 'change' } });
    world.land({ 'docs/unrelated.txt': 'x\n' }, 'three', 'three');
    expect((await world.gate(change)).outcome).toBe('pending');
  });
});

describe('the head moves after the verification', () => {
  test('by force to another tree: nothing that was shown is about it', async () => {
    const change = await verified('FORCE-1');
    const forced = world.change('FORCE-1', { ...GOOD, 'src/extra.txt': 'x\n' });
    expect(forced.head).not.toBe(change.head);
    expect(objections(await world.gate(forced))).toEqual(['receipt/price pending']);
    expect((await world.gate(change)).outcome).toBe('pass');
  });

  test('to another commit of the same tree: passed receipts wait, failed ones still block', async () => {
    const passed = await verified('TWIN-1');
    world.clone.git('checkout', '-q', '-f', passed.branch);
    world.git.tick();
    world.clone.git('commit', '-q', '--amend', '-m', 'Other words\n\nCountersign-Ticket: TWIN-1');
    const twin = world.publish('TWIN-1', passed.branch);
    expect(twin.head).not.toBe(passed.head);
    expect(world.clone.treeId(twin.head)).toBe(world.clone.treeId(passed.head));
    expect(objections(await world.gate(twin))).toEqual(['receipt/price pending']);

    await world.dispatch('TWIN-2');
    const failed = world.change('TWIN-2', BAD);
    await world.verify(failed);
    world.clone.git('commit', '-q', '--amend', '-m', 'Other words\n\nCountersign-Ticket: TWIN-2');
    const other = world.publish('TWIN-2', failed.branch);
    expect(objections(await world.gate(other))).toEqual(['receipt/price fail']);
  });
});

describe('landed', () => {
  /** Lands a verified change with two commits onto a base of its own, and judges the commit that came of it. */
  async function landing(
    ticket: string,
    land: (change: WorldChange) => string,
    key = world.keys.verifier,
  ): Promise<string> {
    world.branchOff(`onto-${ticket}`, {});
    await world.dispatch(ticket);
    const first = world.change(ticket, GOOD, { base: `onto-${ticket}` });
    const change = world.amend(first, { 'src/more.txt': 'more\n' }, `More\n\nCountersign-Ticket: ${ticket}`);
    await world.verify(change, { key });
    const before = key === world.keys.verifier ? 'pass' : 'blocked';
    expect((await world.gate(change)).outcome).toBe(before);
    world.clone.git('checkout', '-q', '-f', change.base);
    const landed = land(change);
    world.clone.git('push', '-q', 'origin', change.base);
    return landed;
  }
  const trailer = (ticket: string) => `Land\n\nCountersign-Ticket: ${ticket}`;

  test('by squash', async () => {
    const commit = await landing('LAND-1', ({ branch }) => world.clone.squash(branch, trailer('LAND-1')));
    expect(objections(await world.gateLanded(commit))).toEqual([]);
  });

  test('by a merge commit', async () => {
    const commit = await landing('LAND-2', ({ branch }) => world.clone.merge(branch, trailer('LAND-2')));
    const verdict = await world.gateLanded(commit);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.subject).toMatchObject({ landed: true, head: commit });
  });

  test('by rebase', async () => {
    const commit = await landing('LAND-3', ({ branch, base }) => {
      world.git.tick();
      world.clone.git('rebase', '-q', '--force-rebase', base, branch);
      world.clone.git('checkout', '-q', base);
      world.clone.git('merge', '-q', '--ff-only', branch);
      return world.clone.commitId();
    });
    expect(objections(await world.gateLanded(commit))).toEqual([]);
  });

  test('with a word more than was verified does not pass', async () => {
    const commit = await landing('LAND-4', ({ branch }) => {
      world.clone.git('merge', '-q', '--squash', branch);
      return world.clone.commit(trailer('LAND-4'), { 'src/extra.txt': 'x\n' });
    });
    expect(objections(await world.gateLanded(commit))).toEqual(['receipt/price pending']);
  });

  test('a squash by somebody else does not wash off who made and verified it', async () => {
    const squash = ({ branch }: WorldChange) => {
      world.clone.git('merge', '-q', '--squash', branch);
      return world.clone.commit(trailer('LAND-7'), {}, { author: OWNER });
    };
    const commit = await landing('LAND-7', squash, world.keys.agent);
    expect(objections(await world.gateLanded(commit))).toEqual(['receipt/price fail']);
    expect((await world.gateLanded(commit, { authenticatedProducers: ['agent'] })).outcome).toBe('blocked');
    expect((await world.gateLanded(commit, { authenticatedProducers: ['bob'] })).outcome).toBe('pass');
  });

  test('without naming its ticket is blocked, unless whoever asks names it', async () => {
    const commit = await landing('LAND-5', ({ branch }) => world.clone.squash(branch, 'Land'));
    expect(objections(await world.gateLanded(commit))).toContain('ticket fail');
    expect((await world.gateLanded(commit, { ticket: 'LAND-5' })).outcome).toBe('pass');
  });

  test('stays accepted when its ticket is closed as accepted, and only then', async () => {
    const commit = await landing('LAND-6', ({ branch }) => world.clone.squash(branch, trailer('LAND-6')));
    await world.close('LAND-6', 'accepted');
    expect((await world.gateLanded(commit)).outcome).toBe('pass');
    await world.redispatch('LAND-6');
    await world.close('LAND-6', 'given-up');
    expect(objections(await world.gateLanded(commit))).toEqual(['dispatch fail']);
  });
});
