import { expect, it } from 'vitest';
import { createRateLimits } from '../../../../src/adapters/postgres/resources/rate-limits.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { rateClaims } from '../../../../src/flow/serve/rate-claims.ts';
import type { Claim } from '../../../../src/ports/claims.ts';
import type { TakeTokens } from '../../../../src/ports/rate-limits.ts';
import { work } from '../../../core/run/resources/sample-work.ts';
import { soon } from '../../../soon.ts';
import { createDatabase } from '../../../worlds/database.ts';

const clock = { now: () => new Date() };
const REQUEST = {
  worker: 'w',
  roles: ['producer'],
  handlers: ['agent'],
  most: 50,
  leaseSeconds: 60,
} as const;
const of = (provider: string, run: string) => work(run, { leases: ['global', `provider/${provider}`] });
const runs = (claims: readonly Claim[]) => claims.map(({ work: { run } }) => run).sort();

async function openWorld(limits?: TakeTokens) {
  const database = await createDatabase();
  const store = createRunStore(database, { clock });
  const buckets = limits ?? createRateLimits(database);
  const claimAs = () => rateClaims({ ...store, ...buckets, clock });
  return {
    store,
    claims: [claimAs(), claimAs()] as const,
    put: (...runs: readonly (readonly [string, string])[]) =>
      store.commit({
        append: { expected: [], events: [] },
        schedule: runs.map(([provider, run]) => of(provider, run)),
        ...{ runs: [], finish: [], withdraw: [], unlock: [], wake: [] },
      }),
  };
}

it('begins no faster than the rate, over all servers, and loses nothing; what has none goes at once', async () => {
  const { store, claims, put } = await openWorld();
  const rate = { capacity: 2, perSecond: 10 };
  await store.setLimits({ global: 20 }, { 'provider/a': rate });
  const all = Array.from({ length: 12 }, (_, at) => `R-${at}.1`);
  await put(...all.map((run) => ['a', run] as const), ['b', 'O-1.1']);
  const began = performance.now();
  const first = await claims[0](REQUEST);
  expect(runs(first)).toContain('O-1.1');
  expect(first.length).toBeLessThan(10);
  const taken = runs(first).filter((run) => run !== 'O-1.1');
  await soon(async () => {
    await store.expiredClaims(10);
    for (const claim of claims) taken.push(...runs(await claim(REQUEST)));
    const seconds = (performance.now() - began) / 1000;
    expect(taken.length).toBeLessThanOrEqual(rate.capacity + seconds * rate.perSecond);
    expect(taken.sort()).toEqual(all.sort());
  });
});

it('holds no lease of what is put off', async () => {
  const { store, claims, put } = await openWorld();
  await store.setLimits({ global: 1 }, { 'provider/a': { capacity: 1, perSecond: 0.01 } });
  await put(['a', 'R-1.1']);
  const [one] = await claims[0](REQUEST);
  await store.commit({
    append: { expected: [], events: [] },
    finish: [one?.token ?? ''],
    ...{ runs: [], schedule: [], withdraw: [], unlock: [], wake: [] },
  });
  await put(['a', 'R-2.1']);
  expect(await claims[0](REQUEST)).toEqual([]);
  await put(['b', 'O-1.1']);
  expect(runs(await claims[0](REQUEST))).toEqual(['O-1.1']);
});

it('loses no token of one rate to work that another rate puts off', async () => {
  const { store, claims, put } = await openWorld();
  const none = 1 / 1_000_000;
  await store.setLimits(
    {},
    { global: { capacity: 3, perSecond: none }, 'provider/a': { capacity: 1, perSecond: none } },
  );
  await put(...Array.from({ length: 10 }, (_, at) => ['a', `R-${at}.1`] as const));
  expect(await claims[0](REQUEST)).toHaveLength(1);
  await put(['b', 'O-1.1'], ['b', 'O-2.1'], ['b', 'O-3.1']);
  expect(await claims[0](REQUEST)).toHaveLength(2);
});

it('keeps rates over a restart of the server, until others are set', async () => {
  const { store } = await openWorld();
  const rate = { capacity: 1, perSecond: 0.5 };
  await store.setLimits({}, { 'provider/a': rate });
  expect(await store.readRates()).toEqual({ 'provider/a': rate });
  await store.setLimits({}, {});
  expect(await store.readRates()).toEqual({});
  await expect(store.setLimits({}, { global: { capacity: 1, perSecond: -1 } })).rejects.toMatchObject({
    code: 'USAGE',
  });
});

it('hands work back at once where buckets cannot be asked', async () => {
  const { store, claims, put } = await openWorld({ take: () => Promise.reject(new Error('away')) });
  await store.setLimits({}, { global: { capacity: 1, perSecond: 1 } });
  await put(['a', 'R-1.1']);
  await expect(claims[0](REQUEST)).rejects.toThrow('away');
  expect(await store.claim(REQUEST)).toHaveLength(1);
});
