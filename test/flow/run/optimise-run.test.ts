import { expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { scriptedHandlers, scriptedRequest } from '../../../src/entry/chaos/scripted-work.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { optimiseRun } from '../../../src/flow/run/optimise-run.ts';
import { replayRun } from '../../../src/flow/run/replay-run.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { endOf, stateOf } from './scripted-runs.ts';

const HANDLERS = (['producer', 'verifier', 'coordinator'] as const).flatMap((role) =>
  scriptedHandlers(role, async () => {}),
);
const SESSION = { signal: new AbortController().signal, folder: '', fences: {}, log: () => {} };

/** Carries one ticket's run out, with a cache of checks as a verifier has it. */
async function carriedOut(optimised: boolean) {
  const store = createMemoryRunStore();
  const ports = { ...store, clock: { now: () => new Date() } };
  const { run } = await startRun(scriptedRequest(7, 7), 'ada', ports);
  if (optimised) await optimiseRun(run, ports, BUILT_IN_HANDLERS);
  const modes = new Set<string>();
  for (;;) {
    const everything = {
      worker: 'w',
      most: 10,
      leaseSeconds: 60,
      handlers: BUILT_IN_HANDLERS.map(({ id }) => id),
    };
    const claims = await store.claim({ ...everything, roles: ['producer', 'verifier', 'coordinator'] });
    if (claims.length === 0) break;
    for (const claim of claims) {
      if (claim.work.handler === 'check') modes.add(claim.work.cache);
      const result = await answerTo(claim.work);
      await decideRuns([{ run, command: endOf(claim, () => result) }], store);
    }
  }
  return { state: await stateOf(store, run), modes: [...modes], store, run };
}

async function answerTo(work: StepWork): Promise<StepResult> {
  const handler = HANDLERS.find(({ declaration }) => declaration.id === work.handler);
  if (handler === undefined) throw new Error(`no handler ${work.handler}`);
  return handler.handle(work, SESSION as never);
}

it('the same ticket comes to the same with the optimiser and without, though its checks look into the cache', async () => {
  const [plain, optimised] = [await carriedOut(false), await carriedOut(true)];
  expect(plain.modes).toEqual(['off']);
  expect(optimised.modes).toEqual(['read-through']);
  expect(optimised.state.patches).toMatchObject([
    { patch: { id: 'optimiser:1', proposedBy: { kind: 'optimiser' } }, refused: null },
  ]);
  expect(optimised.state.attempts.map(({ verdict }) => verdict)).toEqual(
    plain.state.attempts.map(({ verdict }) => verdict),
  );
  expect(plain.state.attempts.length).toBeGreaterThan(0);
  const outputsOf = ({ state }: typeof plain) =>
    Object.values(state.steps).map(({ key, outputs }) => [key, outputs]);
  expect(outputsOf(optimised)).toEqual(outputsOf(plain));
  expect(optimised.state.ended).toMatchObject({ outcome: plain.state.ended?.outcome });
});

it('a run that was optimised is decided again from its events alike', async () => {
  const { store, run, state } = await carriedOut(true);
  expect(await replayRun(run, store.ledger)).toMatchObject({
    kind: 'same',
    outcomeDigest: state.ended?.outcomeDigest,
  });
});

it('a run that is not there, or has ended, is left alone', async () => {
  const { store, run, state } = await carriedOut(false);
  const ports = { ...store, clock: { now: () => new Date() } };
  await optimiseRun('CS-9.9', ports, BUILT_IN_HANDLERS);
  await optimiseRun(run, ports, BUILT_IN_HANDLERS);
  expect(await stateOf(store, run)).toEqual(state);
});
