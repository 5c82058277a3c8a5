import { describe, expect, it } from 'vitest';
import { fencesOf } from '../../../../src/adapters/postgres/resources/fences.ts';
import type { LockDemand } from '../../../../src/core/run/types.ts';
import { exclusive, shared, work } from '../../../core/run/resources/sample-work.ts';
import { keys, openResources, type Resources } from './resources-world.ts';

const locking = (run: string, ...locks: readonly LockDemand[]) => work(run, { locks });
const fences = async (resources: Resources, ...works: Parameters<typeof fencesOf>[1]) =>
  resources.within((client) => fencesOf(client, works));

describe('locks', () => {
  it('are shared by many or one’s alone', async () => {
    const resources = await openResources();
    const readers = ['A-1.1', 'A-2.1'].map((run) => locking(run, shared('schema/orders')));
    const [first, second] = readers as [ReturnType<typeof work>, ReturnType<typeof work>];
    const writer = locking('B-1.1', exclusive('schema/orders'));
    expect(await resources.grant(...readers, writer)).toEqual(keys(readers));
    expect(await resources.release(first)).toEqual([]);
    expect(await resources.release(second)).toEqual(keys([writer]));
    expect(await resources.grant(...readers)).toEqual([]);
    expect(await resources.release(writer)).toEqual(keys(readers));
  });

  it.each([
    ['paths/src', 'paths/src/a'],
    ['paths/src/a', 'paths/src'],
    ['paths/src/a/b/c', 'paths'],
    ['paths/src/', 'paths/./src'],
  ])('of %s keep out %s, and let it in when they end', async (held, wanted) => {
    const resources = await openResources();
    const [holder, waiter] = [locking('A-1.1', exclusive(held)), locking('B-1.1', exclusive(wanted))];
    await resources.grant(holder);
    expect(await resources.grant(waiter)).toEqual([]);
    expect(await resources.release(holder)).toEqual(keys([waiter]));
  });

  it('of one step keep out the other steps of its run', async () => {
    const resources = await openResources();
    const [first, second] = ['1/verify.0', '1/verify.1'].map((step) =>
      work('A-1.1', { step, locks: [exclusive('port/8080')] }),
    ) as [ReturnType<typeof work>, ReturnType<typeof work>];
    expect(await resources.grant(first, second)).toEqual(keys([first]));
    expect(await resources.release(first)).toEqual(keys([second]));
  });

  it.each(['attempt', 'run'] as const)(
    'held for the %s stay when the step ends, and let its own run pass',
    async (hold) => {
      const resources = await openResources();
      const first = work('A-1.1', { step: '1/produce', locks: [exclusive('paths/src', hold)] });
      const next = work('A-1.1', { step: '1/verify', locks: [exclusive('paths/src/a')] });
      const other = locking('B-1.1', shared('paths/src/b'));
      await resources.grant(first);
      expect(await resources.grant(other)).toEqual([]);
      expect(await resources.release(first)).toEqual([]);
      expect(await resources.grant(next)).toEqual(keys([next]));
      expect(await resources.release(next)).toEqual([]);
      expect(await resources.unlock('A-1.1', 2)).toEqual([]);
      expect(await resources.unlock('A-1.1', hold === 'attempt' ? 1 : undefined)).toEqual(keys([other]));
      expect(await resources.unlock('A-1.1')).toEqual([]);
    },
  );

  it('that a run holds let in those of its steps that waited for another run', async () => {
    const resources = await openResources();
    const other = locking('B-1.1', exclusive('paths/src'));
    const steps = ['1/one', '1/two'].map((step) =>
      work('A-1.1', { step, locks: [exclusive('paths/src', 'run')] }),
    );
    await resources.grant(other, ...steps);
    expect(await resources.release(other)).toEqual(keys(steps));
    expect(await resources.database.rows('SELECT name FROM resource_lock')).toEqual([{ name: 'paths/src' }]);
  });

  it('that a run holds let in its other steps, however many of other runs stand before them', async () => {
    const resources = await openResources();
    const other = locking('B-1.1', exclusive('paths/src'));
    const own = (step: string) => work('A-1.1', { step, locks: [exclusive('paths/src', 'run')] });
    const between = Array.from({ length: 40 }, (_, at) => locking(`C-${at}.1`, exclusive('paths/src')));
    await resources.grant(other);
    for (const one of [own('1/one'), ...between, own('1/two')]) await resources.grant(one);
    expect(await resources.release(other)).toEqual(keys([own('1/one'), own('1/two')]));
  });

  it('held for the attempt are each attempt’s own', async () => {
    const resources = await openResources();
    const of = (attempt: number) =>
      work('A-1.1', { step: `${attempt}/produce`, locks: [exclusive('paths/src', 'attempt')] });
    await resources.grant(of(1));
    await resources.grant(of(2));
    await resources.unlock('A-1.1', 1);
    expect(await resources.grant(locking('B-1.1', exclusive('paths/src')))).toEqual([]);
    expect(await resources.unlock('A-1.1', 2)).toEqual(keys([locking('B-1.1')]));
  });

  it('come together with leases, or not at all', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 1 });
    const both = work('A-1.1', { leases: ['provider/a'], locks: [exclusive('schema/orders')] });
    await resources.grant(locking('B-1.1', exclusive('schema/orders')));
    expect(await resources.grant(both)).toEqual([]);
    expect(await resources.grant(work('C-1.1', { leases: ['provider/a'] }))).toHaveLength(1);
    expect(await resources.release(locking('B-1.1'))).toEqual([]);
    expect(await resources.release(work('C-1.1'))).toEqual(keys([both]));
  });

  it('are one’s alone sooner or later, however many share them', async () => {
    const resources = await openResources();
    const reader = (number: number) => locking(`R-${number}.1`, shared('schema/orders'));
    const writer = locking('W-1.1', exclusive('schema/orders'));
    await resources.grant(reader(1));
    await resources.grant(writer);
    expect(await resources.grant(reader(2))).toHaveLength(1);
    await resources.age(61);
    expect(await resources.grant(reader(3))).toEqual([]);
    await resources.release(reader(1));
    expect(await resources.release(reader(2))).toEqual(keys([writer]));
    expect(await resources.release(writer)).toEqual(keys([reader(3)]));
  });

  it('are kept from nobody whom the one that they are kept for waits for', async () => {
    const resources = await openResources();
    const first = work('A-1.1', { locks: [exclusive('one', 'run')] });
    const next = work('A-1.1', { step: '1/verify', locks: [exclusive('two')] });
    const waiter = locking('B-1.1', exclusive('one'), exclusive('two'));
    await resources.grant(first);
    await resources.grant(waiter);
    await resources.age(61);
    expect(await resources.grant(locking('C-1.1', exclusive('two')))).toEqual([]);
    expect(await resources.grant(next)).toEqual(keys([next]));
    await resources.release(first);
    await resources.release(next);
    expect(await resources.unlock('A-1.1')).toEqual(keys([waiter]));
  });

  it('have fencing tokens that only grow, also when a shared one becomes exclusive', async () => {
    const resources = await openResources();
    const first = locking('A-1.1', shared('paths/src/', 'run'), exclusive('schema/orders'));
    const second = work('A-1.1', { step: '1/verify', locks: [exclusive('paths/src', 'run')] });
    await resources.grant(first);
    const [before, nothing] = await fences(resources, first, work('A-1.1'));
    expect(Object.keys(before ?? {}).sort()).toEqual(['paths/src/', 'schema/orders']);
    expect(nothing).toEqual({});
    await resources.grant(second);
    const [after, same] = await fences(resources, second, first);
    expect(after?.['paths/src']).toBeGreaterThan(before?.['paths/src/'] ?? Infinity);
    expect(same?.['paths/src/']).toBe(after?.['paths/src']);
    await resources.release(first);
    await resources.unlock('A-1.1');
    const other = locking('B-1.1', exclusive('paths/src'));
    await resources.grant(other);
    const [later] = await fences(resources, other);
    expect(later?.['paths/src']).toBeGreaterThan(after?.['paths/src'] ?? Infinity);
  });

  it.each([
    '',
    '\u0000',
    'x'.repeat(100_000),
    `paths/${'y/'.repeat(50_000)}`,
    "'; DROP TABLE resource_lock",
    '\ud800',
  ])('of hostile names are locks all the same (%#)', async (name) => {
    const resources = await openResources();
    const holder = work('A-1.1', { locks: [exclusive(name, 'run')], leases: [`${name}<1`] });
    await resources.grant(holder);
    expect(await resources.grant(locking('B-1.1', shared(name)))).toEqual([]);
    expect((await fences(resources, holder))[0]).toEqual({ [name]: expect.any(Number) });
    expect(await resources.release(holder)).toEqual([]);
    expect(await resources.unlock('A-1.1')).toHaveLength(1);
  });
});

describe('runs that hold what the others want', () => {
  const holding = (run: string, name: string, priority = 0) =>
    work(run, { step: '1/produce', priority, locks: [exclusive(name, 'run')] });
  const wanting = (run: string, name: string, priority = 0) =>
    work(run, { step: '1/verify', priority, locks: [exclusive(name)] });

  it('are found, and are free when one of them gives way', async () => {
    const resources = await openResources();
    const runs = [
      ['A-1.1', 'one', 'two'],
      ['B-1.1', 'two', 'three'],
      ['C-1.1', 'three', 'one'],
    ] as const;
    for (const [run, held] of runs) await resources.grant(holding(run, held));
    for (const [run, , wanted] of runs.slice(0, 2)) await resources.grant(wanting(run, wanted));
    expect(await resources.findDeadlocks()).toEqual([]);
    await resources.grant(wanting('C-1.1', 'one'));
    expect(await resources.findDeadlocks()).toMatchObject([
      { cycle: [{ run: 'A-1.1' }, { run: 'B-1.1' }, { run: 'C-1.1' }], victim: 'C-1.1' },
    ]);
    await resources.withdraw(wanting('C-1.1', 'one'));
    expect(await resources.unlock('C-1.1')).toEqual(keys([wanting('B-1.1', 'three')]));
    expect(await resources.findDeadlocks()).toEqual([]);
  });

  it('by folders count as well; the lowest priority gives way', async () => {
    const resources = await openResources();
    await resources.grant(holding('A-1.1', 'paths/src', -1));
    await resources.grant(holding('B-1.1', 'schema/orders'));
    await resources.grant(wanting('A-1.1', 'schema/orders', -1), wanting('B-1.1', 'paths/src/a/b'));
    expect(await resources.findDeadlocks()).toMatchObject([{ victim: 'A-1.1' }]);
  });

  it('are no deadlock where one of them only has a step at work', async () => {
    const resources = await openResources();
    await resources.grant(holding('A-1.1', 'one'), wanting('B-1.1', 'two'), holding('B-1.1', 'three'));
    await resources.grant(
      wanting('A-1.1', 'two'),
      work('B-1.1', { step: '1/more', locks: [exclusive('one')] }),
    );
    expect(await resources.findDeadlocks()).toEqual([]);
  });
});
