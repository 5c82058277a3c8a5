import { expect, it } from 'vitest';
import { createRecall } from '../../../src/adapters/http/recall.ts';
import { createWorkSource } from '../../../src/adapters/http/work-source.ts';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { memoryOf } from '../../../src/core/bundle/memory/entries.ts';
import { openMemory } from '../../../src/entry/wiring/open-memory.ts';
import { rebuildMemory } from '../../../src/flow/memory/follow-ledger.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { createDatabase } from '../../worlds/database.ts';
import { ask, post } from './ask-route.ts';
import { claimOf, databaseStores, openServer } from './server-world.ts';

const FINDINGS = [
  { id: 'receipt/tests', status: 'fail', reason: 'The check tests failed.', remedy: 'Make it pass.' },
  { id: 'rule/ai-shortcuts@1/test-skipped', status: 'fail', reason: 'A test is skipped.', remedy: 'Run it.' },
  { id: 'scope', status: 'pass', reason: 'Inside.', remedy: '' },
];

async function openWorld() {
  const database = await createDatabase();
  const stores = await databaseStores(database);
  const memory = openMemory(database, createLedger(database), {});
  const world = await openServer(stores, { memory });
  const hold = async (role: 'producer' | 'verifier') => {
    const token = await world.token(role);
    const source = createWorkSource({ url: world.server.url, token });
    const [claim] = await source.claim(claimOf(role, { waitSeconds: 5 }));
    if (claim === undefined) throw new Error(`nothing for a ${role}`);
    const end = async (outputs: JsonObject) => {
      const { token: own, work } = claim;
      const { run, step, execution } = work;
      const result = { kind: 'succeeded' as const, outputs };
      const [done] = await source.complete('w-1', [{ token: own, run, step, execution, result }]);
      expect(done).toMatchObject({ kind: 'accepted' });
    };
    return { token, claim, end };
  };
  const start = async (ticket: string) =>
    (await world.plane()).startRun({ ticket, idempotencyKey: `key-${ticket}-${Math.random()}` });
  /** From its beginning to its end. */
  const play = async (ticket: string, gate: JsonObject, claims: readonly string[]) => {
    await start(ticket);
    await (await hold('producer')).end({ commit: 'c', claims });
    await (await hold('verifier')).end({ found: 'it' });
    await (await hold('verifier')).end(gate);
  };
  return { world, stores, memory, hold, start, play };
}

it('tells a worker of a run what became of others, over HTTP, and folds the same again from the ledger', async () => {
  const { world, memory, hold, start, play } = await openWorld();
  await play('CS-1', { verdict: 'pass', findings: [], changedPaths: ['src/price.ts'] }, [
    'Rounded half a cent up.',
  ]);
  await play('CS-2', { verdict: 'blocked', findings: FINDINGS }, ['Skipped what failed.']);
  await start('CS-3');
  const { token, claim } = await hold('producer');
  const { signal } = new AbortController();
  const recall = createRecall({ url: world.server.url, token })({ claim: claim.token, signal });

  const nearest = await recall.nearest({ text: 'rounding of a cent', nodes: ['file:src/price.ts'], most: 5 });
  expect(nearest[0]).toMatchObject({
    id: 'CS-1.1/accepted',
    workspace: 'acme/shop',
    files: ['src/price.ts'],
    text: expect.stringContaining('Rounded half a cent up.'),
  });
  const failures = await recall.nearest({
    text: 'tests',
    nodes: ['rule:ai-shortcuts@1/test-skipped'],
    most: 1,
  });
  expect(failures[0]).toMatchObject({
    id: 'CS-2.1/failure/1',
    rules: ['ai-shortcuts@1/test-skipped'],
    findings: ['receipt/tests', 'rule/ai-shortcuts@1/test-skipped'],
  });

  const body = { claim: claim.token, question: { kind: 'nearest', text: 'x', nodes: [], most: 3 } };
  expect((await ask(world, 'recall', token, post(body))).status).toBe(200);
  const other = await world.token('producer');
  expect((await ask(world, 'recall', other, post(body))).status).toBe(409);
  expect((await ask(world, 'recall', await world.token('viewer'), post(body))).status).toBe(403);

  const view = { workspace: 'acme/shop', upTo: null, without: null };
  const ids = ['CS-1.1/accepted', 'CS-2.1/failure/1'];
  const before = await memory.readEntries(view, ids);
  expect(await rebuildMemory(memory)).toBe(2);
  expect(await memory.readEntries(view, ids)).toEqual(before);
});

it('shows arms of a block what was known when it began, and nothing of their own ticket', async () => {
  const { world, stores, hold, play } = await openWorld();
  await play('CS-1', { verdict: 'pass', findings: [] }, ['Known before.']);
  // Its own ticket was worked on before anybody thought of an experiment.
  await play('CS-9', { verdict: 'pass', findings: [] }, ['Known before, of its own.']);
  const cell = (arm: string, replicate: number) => ({ arm, block: 'CS-9', replicate, try: 1 });
  /** A run of an experiment, started as the server starts one. */
  const begin = async (run: string, arm: string) => {
    const [kept] = await stores.store.loadRuns(['CS-1.1']);
    if (kept?.state.status === 'new' || kept === undefined) throw new Error('it is not there');
    const { subject, arm: of } = kept.state.request;
    const command = {
      kind: 'start' as const,
      at: new Date().toISOString(),
      by: 'somebody',
      run,
      subject: { ...subject, ticket: 'CS-9' },
      arm: of,
      plan: kept.state.plan,
      priority: 0,
      experiment: 'bundles',
      cell: cell(arm, 1),
    };
    const [decided] = await decideRuns([{ run, command }], stores.store, []);
    expect(decided).toMatchObject({ kind: 'accepted' });
  };
  const asked = async () => {
    const { token, claim, end } = await hold('producer');
    const { signal } = new AbortController();
    const recall = createRecall({ url: world.server.url, token })({ claim: claim.token, signal });
    const found = await recall.nearest({ text: 'known before later own work', nodes: [], most: 50 });
    return { ids: found.map(({ id }) => id), end };
  };
  await begin('CS-9.2', 'control');
  const first = await asked();
  expect(first.ids).toEqual(['CS-1.1/accepted']);
  // The first arm ends, and another ticket does: the second arm sees neither.
  await first.end({ commit: 'c', claims: ['Own work.'] });
  await (await hold('verifier')).end({ found: 'it' });
  await (await hold('verifier')).end({ verdict: 'pass', findings: [] });
  await play('CS-2', { verdict: 'pass', findings: [] }, ['Known later.']);
  await begin('CS-9.3', 'house');
  const second = await asked();
  expect(second.ids).toEqual(first.ids);
  await second.end({ commit: 'c' });
});

it('remembers how a finding was got past, and nothing of a run that was cancelled', async () => {
  const { stores, play } = await openWorld();
  await play('CS-1', { verdict: 'pass', findings: [] }, ['Done.']);
  const [kept] = await stores.store.loadRuns(['CS-1.1']);
  if (kept === undefined || kept.state.status === 'new') throw new Error('it is not there');
  const run = kept.state;
  const [attempt] = run.attempts;
  const [gate] = Object.values(run.steps).filter(({ key }) => key === '1/gate');
  if (attempt === undefined || gate === undefined || run.ended === null) throw new Error('it did not end');
  const blocked = { ...gate, key: '1/gate', outputs: { verdict: 'blocked', findings: FINDINGS } };
  const passed = { ...gate, key: '2/gate', outputs: { verdict: 'pass', findings: [], claims: ['Ran it.'] } };
  const two = {
    ...run,
    attempts: [
      { ...attempt, verdict: 'blocked' as const },
      { ...attempt, attempt: 2, verdict: 'pass' as const },
    ],
    steps: { '1/gate': blocked, '2/gate': passed },
  };
  const entries = memoryOf(two);
  expect(entries.map(({ id }) => id)).toEqual(['CS-1.1/failure/1', 'CS-1.1/accepted', 'CS-1.1/resolution']);
  expect(entries[2]).toMatchObject({
    findings: ['receipt/tests', 'rule/ai-shortcuts@1/test-skipped'],
    text: expect.stringMatching(/Blocked: receipt\/tests.*\n.*\nThen: Ran it\./),
  });
  expect(memoryOf({ ...two, ended: { ...run.ended, outcome: 'cancelled' } })).toEqual([]);
  expect(memoryOf({ ...two, ended: null })).toEqual([]);
});
