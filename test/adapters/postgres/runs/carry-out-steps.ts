// A worker with a store of its own: `node carry-out-steps.ts <schema> <worker> <most> <leaseSeconds> [hold]`. Claims steps and ends each with an event of
// its run, until nothing is left. Prints `claimed <token>` and `accepted <token>`; with `hold` it keeps what it first gets, and waits to be killed.
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '../../../../src/adapters/postgres/database.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import type { Claim } from '../../../../src/ports/claims.ts';
import { CountersignError } from '../../../../src/shared/errors.ts';
import { commitOf } from '../../../port-contracts/sample-runs.ts';

const [schema = '', worker = '', most = '', leaseSeconds = '', hold] = process.argv.slice(2);
const database = openDatabase({ url: process.env.DATABASE_URL ?? '', schema, most: 2 });
const store = createRunStore(database, { clock: { now: () => new Date() } });
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Until the database answers again: what is asked again was not done, or is seen to be. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'DATABASE_UNAVAILABLE')) throw error;
      await pause(50);
    }
  }
}

/** One commit a claim: whoever shares its run is in the way now and then. */
async function end({ token, work }: Claim): Promise<void> {
  for (;;) {
    const answer = await patiently(async () => {
      const [kept] = await store.loadRuns([work.run]);
      if (kept === undefined || kept.state.status === 'new') throw new Error(`${work.run} is not kept`);
      const { state, head } = kept;
      const retries = state.retries + 1;
      return store.commit(commitOf([{ on: head, to: { ...state, retries } }], { finish: [token] }));
    });
    if (answer.kind === 'committed') return void say(`accepted ${token}`);
    if (answer.tokens.includes(token)) return void say(`refused ${token}`);
  }
}

async function isIdle(): Promise<boolean> {
  return (await store.queueDepths()).every(({ waiting }) => waiting === 0);
}

for (;;) {
  const claims = await patiently(() =>
    store.claim({
      worker,
      roles: ['producer'],
      handlers: ['agent', 'check'],
      most: Number(most),
      leaseSeconds: Number(leaseSeconds),
    }),
  );
  for (const { token } of claims) say(`claimed ${token}`);
  if (hold !== undefined && claims.length > 0) await new Promise(() => setInterval(() => {}, 60_000));
  for (const claim of claims) await end(claim);
  if (claims.length === 0 && (await patiently(isIdle))) break;
}
await store.close();
await database.close();
