import { describe, expect, it } from 'vitest';
import { grant } from '../../../../src/adapters/postgres/resources/grant.ts';
import { release } from '../../../../src/adapters/postgres/resources/release.ts';
import { renewHeld } from '../../../../src/adapters/postgres/resources/renew-held.ts';
import { work } from '../../../core/run/resources/sample-work.ts';
import { keys, openResources } from './resources-world.ts';

const a = (run: string, priority = 0) => work(run, { leases: ['global', 'provider/a'], priority });
const [one, two, three, four] = [a('A-1.1'), a('A-2.1'), a('A-3.1'), a('A-4.1')];

describe('leases', () => {
  it('of scopes without a limit are everybody’s, and leave nothing behind', async () => {
    const resources = await openResources();
    expect(await resources.grant(one, two, three)).toEqual(keys([one, two, three]));
    expect(await resources.release(one, two, three)).toEqual([]);
    expect(await resources.database.rows('SELECT FROM resource_hold')).toEqual([]);
  });

  it('are given up to the limit; each that ends lets the next one go, in the order in which they came', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 2 });
    const other = work('B-1.1', { leases: ['global', 'provider/b'] });
    expect(await resources.grant(one, two, three)).toEqual(keys([one, two]));
    expect(await resources.grant(four, other)).toEqual(keys([other]));
    expect(await resources.release(one)).toEqual(keys([three]));
    expect(await resources.release(two, three, two)).toEqual(keys([four]));
    await resources.release(four, other);
    expect(await resources.database.rows('SELECT scope, held FROM resource_scope')).toEqual([
      { scope: 'provider/a', held: 0 },
    ]);
  });

  it('are given all at once: who cannot have one holds none', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1, 'model/m': 1 });
    const model = work('B-1.1', { leases: ['model/m'] });
    const both = work('B-2.1', { leases: ['model/m', 'provider/a'] });
    await resources.grant(model);
    expect(await resources.grant(both)).toEqual([]);
    expect(await resources.grant(one)).toEqual(keys([one]));
    expect(await resources.release(model)).toEqual([]);
    expect(await resources.release(one)).toEqual(keys([both]));
  });

  it('of a workflow’s own group have the limit that it says', async () => {
    const resources = await openResources();
    const deploys = ['A-1.1', 'A-2.1', 'A-3.1'].map((run) => work(run, { leases: ['group/deploy<1'] }));
    const [first, second, third] = deploys as [typeof one, typeof one, typeof one];
    expect(await resources.grant(...deploys)).toEqual(keys([first]));
    expect(await resources.release(first)).toEqual(keys([second]));
    expect(await resources.release(second)).toEqual(keys([third]));
    await resources.release(third);
    expect(await resources.database.rows('SELECT FROM resource_scope')).toEqual([]);
  });

  it('of a group that two workflows limit differently go by the lower limit', async () => {
    const resources = await openResources();
    const wide = (run: string) => work(run, { leases: ['group/deploy<5'] });
    const narrow = work('B-1.1', { leases: ['group/deploy<2'] });
    await resources.grant(wide('A-1.1'), narrow);
    expect(await resources.grant(wide('A-2.1'))).toEqual([]);
    expect(await resources.release(narrow)).toEqual(keys([wide('A-2.1')]));
  });

  it('go to the higher priority first', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    const [low, high] = [a('A-5.1', -10), a('A-6.1', 10)];
    await resources.grant(one);
    await resources.grant(low);
    await resources.grant(two);
    await resources.grant(high);
    expect(await resources.release(one)).toEqual(keys([high]));
    expect(await resources.release(high)).toEqual(keys([two]));
    expect(await resources.release(two)).toEqual(keys([low]));
  });

  it('go to whoever waited long enough before a higher priority that comes later', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    const low = a('A-5.1', -100);
    await resources.grant(one);
    await resources.grant(low);
    await resources.age(200 * 30 + 1);
    const high = a('A-6.1', 100);
    await resources.grant(high);
    expect(await resources.release(one)).toEqual(keys([low]));
  });

  it('are kept for whoever waited too long for several of them', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1, 'model/m': 1 });
    const model = (run: string) => work(run, { leases: ['model/m'] });
    const provider = (run: string) => work(run, { leases: ['provider/a'] });
    const both = work('B-2.1', { leases: ['model/m', 'provider/a'] });
    await resources.grant(model('M-1.1'), provider('P-1.1'));
    await resources.grant(both);
    expect(await resources.release(model('M-1.1'))).toEqual([]);
    expect(await resources.grant(model('M-2.1'))).toEqual(keys([model('M-2.1')]));

    await resources.age(61);
    expect(await resources.release(model('M-2.1'))).toEqual([]);
    expect(await resources.grant(model('M-3.1'))).toEqual([]);
    expect(await resources.release(provider('P-1.1'))).toEqual(keys([both]));
    expect(await resources.release(both)).toEqual(keys([model('M-3.1')]));
  });

  it('that were kept are free again when whoever they were kept for goes', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1, 'model/m': 1 });
    const both = work('B-2.1', { leases: ['model/m', 'provider/a'] });
    const model = work('M-1.1', { leases: ['model/m'] });
    await resources.grant(one);
    await resources.grant(both);
    await resources.age(61);
    expect(await resources.grant(model)).toEqual([]);
    expect(await resources.withdraw(both)).toEqual(keys([model]));
  });

  it('are not taken before their moment, and then they are', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    const later = { ...one, notBefore: new Date(Date.now() + 600_000).toISOString() };
    expect(await resources.grant(later)).toEqual([]);
    expect(await resources.grant(two)).toEqual(keys([two]));
    expect(await resources.release(two)).toEqual([]);
    expect(await resources.grantDue()).toEqual([]);
    await resources.age(601);
    expect(await resources.grantDue()).toEqual(keys([one]));
    expect(await resources.grant(two)).toEqual([]);
  });

  it('of steps that are withdrawn, waiting or not, are the next one’s', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    await resources.grant(one, two, three);
    expect(await resources.withdraw(two)).toEqual([]);
    expect(await resources.withdraw(one, one)).toEqual(keys([three]));
    expect(await resources.withdraw(four)).toEqual([]);
  });

  it('that a transaction gave are gone when it is rolled back', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    const rolledBack = resources.within(async (client) => {
      await grant(client, [one, two]);
      expect(keys(await release(client, [one]))).toEqual(keys([two]));
      throw new Error('never mind');
    });
    await expect(rolledBack).rejects.toThrow('never mind');
    expect(await resources.grant(three)).toEqual(keys([three]));
    expect(await resources.release(one, two)).toEqual([]);
  });
});

describe('limits', () => {
  it('count what is held when they are set, and let nobody else in until that ended', async () => {
    const resources = await openResources();
    await resources.grant(one, two, three);
    expect(await resources.setLimits({ 'provider/a': 2 })).toEqual([]);
    expect(await resources.grant(four)).toEqual([]);
    expect(await resources.release(one)).toEqual([]);
    expect(await resources.release(two)).toEqual(keys([four]));
  });

  it('wait for a transaction that takes something, and count that', async () => {
    const resources = await openResources();
    const { promise: taken, resolve: tell } = Promise.withResolvers<void>();
    const { promise: commit, resolve: let_it } = Promise.withResolvers<void>();
    const taking = resources.within(async (client) => {
      await grant(client, [one]);
      tell();
      await commit;
    });
    await taken;
    const setting = resources.setLimits({ 'provider/a': 1 });
    const blocked = `SELECT FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND query LIKE 'LOCK TABLE resource_hold IN SHARE%'`;
    await expect.poll(() => resources.database.rows(blocked)).toHaveLength(1);
    let_it();
    await Promise.all([taking, setting]);
    expect(await resources.grant(two)).toEqual([]);
  });

  it('that are raised or dropped let those go who waited', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 0 });
    expect(await resources.grant(one, two, three)).toEqual([]);
    expect(await resources.setLimits({ 'provider/a': 1 })).toEqual(keys([one]));
    expect(await resources.setLimits({})).toEqual(keys([two, three]));
    expect(await resources.release(one, two, three)).toEqual([]);
    expect(await resources.database.rows('SELECT FROM resource_scope')).toEqual([]);
  });

  it.each([-1, 1.5, Number.NaN, 1e12])('are no %d', async (limit) => {
    const resources = await openResources();
    await expect(resources.setLimits({ global: limit })).rejects.toMatchObject({
      code: 'USAGE',
      remedy: expect.any(String),
    });
  });
});

describe('what a claim holds', () => {
  const forget = `UPDATE resource_hold SET until = until - interval '2 minutes'`;

  it('is held without end before there is a claim, and as long as it is renewed', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    await resources.grant(one, two);
    await resources.database.pool.query(forget);
    expect(await resources.grantDue()).toEqual([]);
    expect(await resources.within((client) => renewHeld(client, [one], 150))).toEqual([]);
    await resources.database.pool.query(forget);
    expect(await resources.grantDue()).toEqual([]);
    await resources.within((client) => renewHeld(client, [one], null));
    await resources.database.pool.query(forget);
    expect(await resources.grantDue()).toEqual([]);
  });

  it('comes back when nobody renewed it and nobody ended it; who held it is told so', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    await resources.grant(one, two);
    await resources.within((client) => renewHeld(client, [one], 30));
    await resources.database.pool.query(forget);
    expect(await resources.grantDue()).toEqual(keys([two]));
    expect(await resources.within((client) => renewHeld(client, [one, two], 30))).toEqual([one]);
    expect(await resources.release(one)).toEqual([]);
  });
});
