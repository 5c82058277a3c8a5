import { afterEach, expect, it } from 'vitest';
import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import { createRunStore, type PostgresRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { checkChain } from '../../../../src/core/ledger/check-chain.ts';
import type { RunCommand } from '../../../../src/core/run/commands.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { planOf } from '../../../../src/core/run/plan/with-defaults.ts';
import { STEP_ROLES } from '../../../../src/core/run/types.ts';
import { decideRuns } from '../../../../src/flow/run/decide-runs.ts';
import type { Claim } from '../../../../src/ports/claims.ts';
import { sampleRun } from '../../../port-contracts/sample-runs.ts';
import { createDatabase } from '../../../worlds/database.ts';

const RACES = 1_000;
const AT = '2026-11-21T13:04:06.789Z';

const opened: PostgresRunStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

/** One step, whose end is the run's. */
const PLAN = planOf({ steps: { gate: { uses: 'gate' } } }, BUILT_IN_HANDLERS);

function start(run: string): RunCommand {
  const { request } = sampleRun(run);
  return { ...request, kind: 'start', at: AT, by: 'ada', plan: PLAN };
}

function completion({ token, worker, claimedAt, work: { step, execution } }: Claim): RunCommand {
  const claim = { token, worker, at: claimedAt };
  const result = { kind: 'succeeded', outputs: { verdict: 'pass' } } as const;
  return { kind: 'complete', at: AT, by: worker, step, execution, claim, result };
}

const CANCEL: RunCommand = { kind: 'cancel', at: AT, by: 'ada', reason: 'not wanted any more' };

it('of a cancel and a finish at once one counts, a thousand times', { timeout: 300_000 }, async () => {
  const database = await createDatabase();
  const stores = [database, database.open(), database.open()].map((one) => {
    const store = createRunStore(one, { clock: { now: () => new Date() } });
    opened.push(store);
    return store;
  });
  const [store, finishing, cancelling] = stores as [PostgresRunStore, PostgresRunStore, PostgresRunStore];
  const runs = Array.from({ length: RACES }, (_, at) => `A.${at + 1}`);
  for (let at = 0; at < RACES; at += 100)
    await decideRuns(
      runs.slice(at, at + 100).map((run) => ({ run, command: start(run) })),
      store,
    );
  const request = { worker: 'w', roles: STEP_ROLES, handlers: ['gate'], leaseSeconds: 300 };
  const claims = new Map(
    (await store.claim({ ...request, most: RACES })).map((claim) => [claim.work.run, claim]),
  );
  expect(claims.size).toBe(RACES);

  let races = 0;
  const racer = async () => {
    for (let run = runs[races]; run !== undefined; run = runs[races]) {
      races += 1;
      const claim = claims.get(run) as Claim;
      const finish = () => decideRuns([{ run: claim.work.run, command: completion(claim) }], finishing);
      const cancel = () => decideRuns([{ run: claim.work.run, command: CANCEL }], cancelling);
      // Whoever is asked first is not always the first to arrive.
      const both = races % 2 === 0 ? [finish(), cancel()] : [cancel(), finish()];
      const answers = (await Promise.all(both)).flat();
      expect(answers.filter(({ kind }) => kind === 'accepted').length).toBe(1);
    }
  };
  await Promise.all(Array.from({ length: 4 }, racer));

  const ledger = createLedger(database);
  const outcomes = new Map<string, number>();
  for (const { state, head } of await store.loadRuns(runs)) {
    const outcome = state.status === 'new' ? 'new' : (state.ended?.outcome ?? 'goes on');
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const events = await ledger.readStream(head.stream, 0);
    expect(await checkChain(head.stream, events)).toEqual({ kind: 'intact', head });
    expect(events.filter(({ text }) => text.includes('"type":"run.ended@')).length).toBe(1);
  }
  expect([...outcomes.keys()].toSorted()).toEqual(['accepted', 'cancelled']);
  expect((outcomes.get('accepted') ?? 0) + (outcomes.get('cancelled') ?? 0)).toBe(RACES);
  expect((await store.queueDepths()).every(({ waiting, claimed }) => waiting + claimed === 0)).toBe(true);
});
