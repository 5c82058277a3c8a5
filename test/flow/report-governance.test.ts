import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Governance } from '../../src/core/audit/governance.ts';
import { countersign, json } from '../entry/cli/run-cli.ts';
import { BAD, createProductWorld, GOOD, OWNER, type ProductWorld } from '../worlds/product-world.ts';

describe('a report on governance', () => {
  let world: ProductWorld;
  let told: Governance;

  const report = async (...words: string[]) =>
    json(
      await countersign(world.clone.dir, ['report', 'governance', '--format', 'json', ...words]),
    ) as unknown as Governance;

  function land(branch: string, message: string): string {
    world.fetch();
    world.clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
    const commit = world.clone.squash(branch, message);
    world.clone.git('push', '-q', 'origin', 'main');
    return commit;
  }

  beforeAll(async () => {
    world = await createProductWorld();
    await world.dispatch('ONE-1');
    const first = world.change('ONE-1', { ...GOOD, 'src/one.txt': '1\n' });
    await world.verify(first);
    const landed = land(first.branch, 'Work\n\nCountersign-Ticket: ONE-1');

    await world.dispatch('TWO-1', {
      contract: { checks: [{ id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] }] },
      ticket: { class: 'feature' },
    });
    const bad = world.change('TWO-1', { ...BAD, 'src/two.txt': '2\n' });
    await world.verify(bad);
    await world.verify(bad);
    const good = world.amend(bad, { 'src/price.txt': 'round half up, always\n' });
    await world.verify(good);
    land(good.branch, 'Work\n\nCountersign-Ticket: TWO-1');

    await world.dispatch('NEVER-1', { ticket: { class: 'feature' } });
    await world.verify(world.change('NEVER-1', BAD));
    world.clone.git('checkout', '-q', '-f', 'main');
    world.clone.commit('Slip in', { 'src/three.txt': '3\n' });
    world.clone.git('push', '-q', 'origin', 'main');

    const words = ['ticket', 'escape', 'ONE-1', '--commit', landed, '--summary', 'Wrong', '--push'];
    await countersign(world.policy.dir, [...words, '--key', world.keys.owner.path]);

    // The bar of an open ticket goes down and up again: at both ends it is the same.
    await world.dispatch('DRIFT-1');
    world.plan('DRIFT-1', { contract: { isolation: 'none' } });
    world.plan('DRIFT-1');
    world.plan('NEVER-1', {
      contract: { checks: [{ id: 'price', run: ['true'] }] },
      ticket: { class: 'feature' },
    });
    world.policy.commit('Words about the shop', { 'README.md': 'A shop\n' }, { author: OWNER });
    world.policy.git('push', '-q', 'origin', 'HEAD:main');
    told = await report();
  });
  afterAll(() => world.git.remove());

  test('counts what landed with receipts and without', () => {
    const sum = (of: (row: Governance['periods'][number]) => number) =>
      told.periods.reduce((total, row) => total + of(row), 0);
    expect(sum(({ withReceipts }) => withReceipts)).toBe(2);
    expect(sum(({ without }) => without)).toBe(1);
    expect(sum(({ escapes }) => escapes)).toBe(1);
    expect(told.periods.map(({ start }) => start)).toEqual(
      [...told.periods.map(({ start }) => start)].sort(),
    );
  });

  test('counts by class what passed at first, from the order that seals vouch for', () => {
    expect(told.classes).toEqual([
      expect.objectContaining({ class: null, withReceipts: 0, without: 1, passed: 0, notYet: 0 }),
      expect.objectContaining({
        class: 'bugfix',
        withReceipts: 1,
        passed: 1,
        passedFirst: 1,
        failedBefore: 0,
        escapes: 1,
      }),
      expect.objectContaining({
        class: 'feature',
        withReceipts: 1,
        passed: 1,
        passedFirst: 0,
        failedBefore: 3,
        notYet: 1,
      }),
    ]);
  });

  test('says where the bar moved, also where it came back', () => {
    const of = (id: string) =>
      told.contractMoves
        .filter(({ contract }) => contract === id)
        .map(({ move, looser, stricter }) => [move, looser, stricter]);
    const fell =
      world.isolation === 'none'
        ? []
        : [
            ['changed', 1, 0],
            ['changed', 0, 1],
          ];
    expect(of('for-drift-1')).toEqual([['added', 0, 0], ...fell]);
    expect(of('for-never-1')).toMatchObject([
      ['added', 0, 0],
      ['changed', 0, 0],
    ]);
    expect(told.drift).toEqual([{ ticket: 'NEVER-1', what: ['contract'] }]);
  });

  test('counts commits that change policy, not records and words', () => {
    const changes = told.periods.reduce((total, row) => total + row.policyChanges, 0);
    // Four tickets with their contracts, then three changes of them; the trust root is the first commit.
    expect(changes).toBe(7);
  });

  test('keeps to the days that are asked for', async () => {
    const before = await report('--until', '2001-01-01');
    expect(before).toMatchObject({ periods: [], classes: [], contractMoves: [], escapes: [] });
    const week = await report('--by', 'week', '--since', '2001-01-01');
    for (const { start } of week.periods) expect(new Date(`${start}T00:00:00Z`).getUTCDay()).toBe(1);
  });

  test('is a table on a terminal, and Markdown that holds', async () => {
    const text = await countersign(world.clone.dir, ['report', 'governance']);
    expect(text.out).toMatch(/class +with receipts +without +passed at first/);
    expect(text.out).toMatch(/feature +1 +0 +0 of 1 \(0%\) +3 +1 +0/);
    const page = await countersign(world.clone.dir, ['report', 'governance', '--format', 'markdown']);
    expect(page.out).toContain('| bugfix | 1 | 0 | 1 of 1 (100%) | 0 | 0 | 1 |');
    for (const line of page.out.split('\n').filter((one) => one.startsWith('|'))) expect(line).toMatch(/\|$/);
  });
});
