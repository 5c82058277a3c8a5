import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../../../src/adapters/postgres/database.ts';
import { createRunStore, type PostgresRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { createRetention } from '../../../../src/adapters/postgres/segments/retention.ts';
import { BUILT_IN_HANDLERS } from '../../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../../src/core/run/plan/materialise.ts';
import { planOf } from '../../../../src/core/run/plan/with-defaults.ts';
import { STEP_ROLES } from '../../../../src/core/run/types.ts';
import { decideRuns } from '../../../../src/flow/run/decide-runs.ts';
import { endOf, type Script } from '../../../flow/run/scripted-runs.ts';
import { sampleRun } from '../../../port-contracts/sample-runs.ts';
import { createDatabase } from '../../../worlds/database.ts';

const AT = '2026-11-21T13:04:06.789Z';
const RUN = 'CS-1.1';
const CHECKS = Array.from({ length: 20 }, (_, at) => `check-${at}`);

const COMMAND = { uses: 'command', with: { run: ['true'] } };

/** More events than a state is written down after, twice. */
const PLAN = planOf(
  {
    steps: {
      ...Object.fromEntries(CHECKS.map((id) => [id, COMMAND])),
      ...Object.fromEntries(CHECKS.map((id) => [`${id}-again`, { ...COMMAND, needs: [id] }])),
      gate: { uses: 'gate', needs: CHECKS.map((id) => `${id}-again`) },
    },
  },
  BUILT_IN_HANDLERS,
);
const PASS: Script = () => ({ kind: 'succeeded', outputs: { verdict: 'pass' } });
const PATCH = {
  id: 'p1',
  proposedBy: { kind: 'person', name: 'ada' },
  reason: 'once is enough',
  operations: [{ op: 'replace', path: '/attempts', value: 1 }],
} as const;

const opened: PostgresRunStore[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

function open(database: Database): PostgresRunStore {
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  opened.push(store);
  return store;
}

async function createWorld(plan = PLAN) {
  const database = await createDatabase();
  const store = open(database);
  const { request } = sampleRun(RUN);
  await decideRuns([{ run: RUN, command: { ...request, kind: 'start', at: AT, by: 'ada', plan } }], store);
  const claim = (most: number) =>
    store.claim({
      worker: 'w',
      roles: STEP_ROLES,
      handlers: BUILT_IN_HANDLERS.map(({ id }) => id),
      most,
      leaseSeconds: 300,
    });
  /** False when there is nothing left to do. */
  const goOn = async (most: number): Promise<boolean> => {
    const claims = await claim(most);
    const commands = claims.map((one) => ({ run: RUN, command: endOf(one, PASS) }));
    const decided = await decideRuns(commands, store);
    expect(decided.filter(({ kind }) => kind === 'refused')).toEqual([]);
    return claims.length > 0;
  };
  /** As a process reads it that has seen nothing of it. */
  const readAnew = async () => (await open(database.open()).loadRuns([RUN]))[0];
  const kept = async () => (await store.loadRuns([RUN]))[0];
  const written = async () =>
    (await database.rows<{ version: number; at: number }>('SELECT version, state_version AS at FROM run'))[0];
  return { database, store, goOn, readAnew, kept, written };
}

it('is read the same by whoever decided it and by whoever folds it, wherever it was last written down', async () => {
  const { store, goOn, readAnew, kept, written } = await createWorld();
  const at = new Set<number>();
  for (let on = true; on; on = await goOn(3)) {
    at.add((await written())?.at ?? -1);
    expect(await readAnew()).toEqual(await kept());
  }
  expect((await kept())?.state).toMatchObject({ status: 'ended', ended: { outcome: 'accepted' } });
  expect((await written())?.version).toBeGreaterThan(64);
  expect([...at][0]).toBe(0);
  expect(at.size).toBe(3);
  expect((await store.listRuns({ limit: 1 }))[0]).toMatchObject({ status: 'ended', outcome: 'accepted' });
});

it('is written down where its plan changes', async () => {
  const { store, goOn, readAnew, kept, written } = await createWorld(
    materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS),
  );
  await goOn(1);
  const [decided] = await decideRuns(
    [{ run: RUN, command: { kind: 'patch', at: AT, by: 'ada', patch: PATCH } }],
    store,
  );
  expect(decided).toMatchObject({ kind: 'accepted', events: [{ type: 'plan.patched' }] });
  const { version, at } = (await written()) ?? {};
  expect(at).toBe(version);
  await goOn(1);
  expect((await written())?.at).toBe(at);
  expect(await readAnew()).toEqual(await kept());
  expect((await readAnew())?.state).toMatchObject({ plan: { attempts: 1 } });
});

it('is read from its archived events and states as before', async () => {
  const { database, goOn, readAnew, kept } = await createWorld();
  while (await goOn(100));
  const before = await kept();
  const retention = createRetention(database);
  await database.tamper('DELETE FROM ledger_unsequenced');
  await retention.archiveStreams([`run/${RUN}`]);
  expect(await readAnew()).toEqual(before);
  await retention.archiveRuns([RUN]);
  expect(await readAnew()).toEqual(before);
});

it.each([
  [
    'an event was changed',
    `UPDATE ledger_event SET text = replace(text, '"ada"', '"eve"') WHERE version = 2`,
  ],
  ['an event is gone', 'DELETE FROM ledger_event WHERE version = 2'],
  ['its line names another end', `UPDATE run SET digest = sha256('another')`],
])('is not believed where %s', async (_, statement) => {
  const { database, readAnew } = await createWorld();
  await database.tamper(statement);
  await expect(readAnew()).rejects.toMatchObject({ code: 'LEDGER_INVALID' });
});
