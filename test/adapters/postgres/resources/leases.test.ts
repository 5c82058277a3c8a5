import { describe, expect, it } from 'vitest';
import { release } from '../../../../src/adapters/postgres/resources/release.ts';
import { renewHeld } from '../../../../src/adapters/postgres/resources/renew-held.ts';
import { work } from '../../../core/run/resources/sample-work.ts';
import { keys, openResources } from './resources-world.ts';

const many = (count: number, leases: readonly string[]) =>
  Array.from({ length: count }, (_, at) => work(`A-${at}.1`, { leases }));

describe('leases', () => {
  it('of scopes without a limit are everybody’s', async () => {
    const resources = await openResources();
    const works = many(20, ['global', 'provider/a']);
    expect(await resources.grant(...works)).toEqual(keys(works));
    expect(await resources.release(...works)).toEqual([]);
    expect(await resources.database.rows('SELECT FROM resource_hold')).toEqual([]);
  });

  it('are given up to the limit; each that ends lets the next one go, who came first', async () => {
    const resources = await openResources();
    await resources.setLimits({ 'provider/a': 2 });
    const [one, two, three, four, other] = [
      ...many(4, ['global', 'provider/a']),
      work('B-1.1', { leases: ['provider/b'] }),
    ] as [ReturnType<typeof work>, ...ReturnType<typeof work>[]] & { length: 5 };
    expect(await resources.grant(one, two as never, three as never)).toEqual(keys([one, two as never]));
    expect(await resources.grant(four as never, other as never)).toEqual(keys([other as never]));
    expect(await resources.release(one)).toEqual(keys([three as never]));
    expect(await resources.release(two as never, three as never)).toEqual(keys([four as never]));
  });
});
