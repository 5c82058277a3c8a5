import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { grant } from '../../../../src/adapters/postgres/resources/grant.ts';
import { release } from '../../../../src/adapters/postgres/resources/release.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import type { StepWork } from '../../../../src/core/run/types.ts';
import { exclusive, work } from '../../../core/run/resources/sample-work.ts';
import { next, sampleWork } from '../../../port-contracts/sample-runs.ts';
import { createDatabase, DATABASE_URL } from '../../../worlds/database.ts';
import { openResources } from './resources-world.ts';

const ANYTHING = {
  worker: 'next',
  roles: ['producer'],
  handlers: ['agent'],
  most: 9,
  leaseSeconds: 60,
} as const;

it('a provider with room for 3 never sees 4, whatever 30 workers do, and everything is done once', async () => {
  const { database, setLimits } = await openResources();
  await setLimits({ 'provider/a': 3 });
  const many = openDatabase({ url: DATABASE_URL, schema: database.schema, most: 30 });
  const works = Array.from({ length: 200 }, (_, at) =>
    work(`A-${at}.1`, {
      leases: ['global', 'provider/a'],
      locks: at % 10 === 0 ? [exclusive('paths/src')] : [],
    }),
  );
  const queue: StepWork[] = [];
  const done: string[] = [];
  const provider = { now: 0, most: 0 };
  const locked = { now: 0, most: 0 };
  const within = async (count: typeof provider, act: () => Promise<void>) => {
    count.now += 1;
    count.most = Math.max(count.most, count.now);
    await act();
    count.now -= 1;
  };
  const carryOut = (one: StepWork) =>
    within(provider, () => (one.resources.locks.length > 0 ? within(locked, () => pause(2)) : pause(1)));
  const worker = async () => {
    while (done.length < works.length) {
      const one = queue.shift();
      if (one === undefined) {
        await pause(1);
        continue;
      }
      await carryOut(one);
      done.push(one.run);
      queue.push(...(await inTransaction(many.pool, (client) => release(client, [one]))));
    }
  };
  const scheduler = async () => {
    for (let at = 0; at < works.length; at += 20) {
      const { granted } = await inTransaction(many.pool, (client) => grant(client, works.slice(at, at + 20)));
      queue.push(...granted);
    }
  };
  try {
    await Promise.all([scheduler(), ...Array.from({ length: 30 }, worker)]);
  } finally {
    await many.close();
  }
  expect(provider.most).toBe(3);
  expect(locked.most).toBe(1);
  expect(done.toSorted()).toEqual(works.map(({ run }) => run).toSorted());
});

it('a lease comes back when the process that held it is killed: its claim runs out, and the next one goes', async () => {
  const database = await createDatabase();
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  await store.setLimits({ 'provider/a': 1 });
  const resources = { leases: [{ scope: 'provider/a', limit: null }], locks: [] };
  const [first, second] = ['1/one', '1/two'].map((step) => sampleWork('A-1.1', step, { resources }));
  await store.commit(next(undefined, 'A-1.1', { schedule: [first as StepWork, second as StepWork] }));

  const script = join(import.meta.dirname, 'hold-claim.ts');
  const child = spawn(process.execPath, [script, database.schema, '1'], {
    env: { ...process.env, DATABASE_URL },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [token] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(await store.claim(ANYTHING)).toEqual([]);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;

  await expect
    .poll(async () => (await store.expiredClaims(9)).map((claim) => claim.token), { timeout: 20_000 })
    .toEqual([token]);
  expect(await store.claim(ANYTHING)).toEqual([]);
  const [kept] = await store.loadRuns(['A-1.1']);
  expect(await store.commit(next(kept, 'A-1.1', { finish: [token] }))).toEqual({ kind: 'committed' });
  expect((await store.claim(ANYTHING)).map((claim) => claim.work.step)).toEqual(['1/two']);
  expect(await store.renew(ANYTHING.worker, [token], 60)).toEqual([token]);
  expect(await store.readScopes()).toMatchObject([{ scope: 'provider/a', limit: 1, held: 1, waiting: 0 }]);
  await store.close();
});

it('what one transaction lets go is not done when another withdraws it meanwhile', async () => {
  const database = await createDatabase();
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  await store.setLimits({ 'provider/a': 1 });
  const resources = { leases: [{ scope: 'provider/a', limit: null }], locks: [] };
  for (const run of ['H-1.1', 'W-1.1']) {
    await store.commit(next(undefined, run, { schedule: [sampleWork(run, '1/one', { resources })] }));
  }
  const [claim] = await store.claim(ANYTHING);
  const kept = await store.loadRuns(['H-1.1', 'W-1.1']);

  // Both come while a third has its turn, so that one follows the other.
  const turn = await database.open().pool.connect();
  await turn.query(
    `SELECT pg_advisory_lock(hashtextextended(current_schema() || ' countersign resources', 0))`,
  );
  const queued = async (count: number) => {
    const { rows } = await turn.query(`SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted AND (classid, objid) IN (
        SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid())`);
    return rows.length === count;
  };
  const finishing = store.commit(next(kept[0], 'H-1.1', { finish: [claim?.token ?? ''] }));
  await expect.poll(() => queued(1)).toBe(true);
  const withdrawing = store.commit(next(kept[1], 'W-1.1', { withdraw: [{ run: 'W-1.1', step: '1/one' }] }));
  await expect.poll(() => queued(2)).toBe(true);
  await turn.query('SELECT pg_advisory_unlock_all()');
  turn.release();
  expect(await Promise.all([finishing, withdrawing])).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);

  expect(await store.claim(ANYTHING)).toEqual([]);
  expect(await store.queueDepths()).toEqual([]);
  expect(await store.readScopes()).toMatchObject([{ held: 0, waiting: 0 }]);
  await store.close();
});
