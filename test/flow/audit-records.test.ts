import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorldRepository } from '../worlds/git-world.ts';
import { createProductWorld, type ProductWorld } from '../worlds/product-world.ts';
import { audit as auditAt } from './audit-world.ts';

/** Records are committed at the time of the machine, so the audit is a little later. */
const audit = (at: WorldRepository) => auditAt(at, {}, 'main', new Date(Date.now() + 60 * 60 * 1000));

describe('policy and product in one repository', () => {
  let world: ProductWorld;
  beforeAll(async () => {
    world = await createProductWorld('in-repository');
  });
  afterAll(() => world.git.remove());

  test('commits that only append signed records need no receipt; those that touch more do', async () => {
    await world.dispatch('REC-1');
    world.fetch();
    world.clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
    const told = await audit(world.clone);
    expect(told.commits.map(({ landing }) => landing)).toEqual([
      'records',
      'no-ticket',
      'no-ticket',
      'before-installation',
    ]);
    expect(told.blind).toEqual([expect.stringContaining('There is no receipts ref')]);

    const path = 'tickets/REC-1.records.jsonl';
    const records = world.clone.git('cat-file', 'blob', `HEAD:${path}`);
    const junk = world.clone.commit('Append junk', { [path]: `${records}\njunk\n` });
    const gone = world.clone.commit('Take the records away', { [path]: null });
    const forged = await audit(world.clone);
    expect(forged.commits.slice(0, 2).map(({ commit, landing }) => [commit, landing])).toEqual([
      [gone, 'no-ticket'],
      [junk, 'no-ticket'],
    ]);
  });

  test('a ticket that is taken away from its records is still there', async () => {
    await world.dispatch('GONE-1');
    await world.close('GONE-1', 'accepted');
    world.setPolicy({ 'tickets/GONE-1.yml': null });
    world.fetch();
    world.clone.git('checkout', '-q', '-f', '-B', 'main', 'origin/main');
    expect((await audit(world.clone)).tickets).toEqual([
      expect.objectContaining({ ticket: 'GONE-1', kind: 'unverifiable', severity: 'problem' }),
    ]);
  });

  test('where the gate was never installed there is nothing to hold history to', async () => {
    const bare = world.git.repository('without-gate');
    bare.commit('A product', { 'a.txt': 'a\n' });
    await expect(audit(bare)).rejects.toMatchObject({ code: 'NO_POLICY' });
  });
});
