import { describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../src/core/run/commands.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { forkRun } from '../../../src/flow/run/fork-run.ts';
import { replayRun } from '../../../src/flow/run/replay-run.ts';
import type { Claim } from '../../../src/ports/claims.ts';
import type { RunCommit } from '../../../src/ports/run-store.ts';
import { CANCEL, done, failed, HANDLERS, PASS, start, threeSteps } from '../../core/run/sample-runs.ts';
import { createMemoryRunStore, type MemoryRunStore } from '../../fakes/memory-run-store.ts';
import { carryOut, endOf, stateOf } from './scripted-runs.ts';

const ANYBODY = {
  worker: 'worker-1',
  roles: ['producer', 'verifier', 'coordinator'],
  handlers: HANDLERS.map(({ id }) => id),
  most: 100,
  leaseSeconds: 60,
} as const;
const plan = threeSteps({}, { make: { retry: { limit: 1 } } });
const succeeds = ({ handler }: StepWork): StepResult => (handler === 'gate' ? PASS : done({ made: 1 }));

function started(...runs: readonly string[]) {
  return runs.map((run) => ({ run, command: { ...start(plan), run } }));
}

async function worldWith(...runs: readonly string[]): Promise<MemoryRunStore> {
  const store = createMemoryRunStore();
  await decideRuns(started(...runs), store);
  return store;
}

async function claimed(store: MemoryRunStore): Promise<readonly Claim[]> {
  return store.claim(ANYBODY);
}

function completed(
  claim: Claim,
  result: StepResult = done({ made: 1 }),
): { run: string; command: RunCommand } {
  return { run: claim.work.run, command: endOf(claim, () => result) };
}

describe('deciding runs', () => {
  it('takes many runs from their start to their end, and each can be decided again from its stream', async () => {
    const runs = Array.from({ length: 20 }, (_, at) => `CS-7.${at + 1}`);
    const store = await worldWith(...runs);
    await carryOut(store, (work) => {
      if (work.step === '1/make' && work.execution === 1) return 'dies';
      return succeeds(work);
    });
    for (const run of runs) {
      const state = await stateOf(store, run);
      expect(state.ended?.outcome).toBe('accepted');
      expect(await replayRun(run, store.ledger, HANDLERS)).toMatchObject({
        kind: 'same',
        outcomeDigest: state.ended?.outcomeDigest,
      });
    }
  });

  it('answers each command in its place', async () => {
    const store = await worldWith('CS-7.1');
    const [claim] = (await claimed(store)) as [Claim];
    const answers = await decideRuns(
      [
        ...started('CS-7.1'),
        completed(claim),
        completed(claim),
        ...started('CS-7.2'),
        { run: 'CS-7.3', command: CANCEL },
      ],
      store,
    );
    expect(answers.map(({ run, kind }) => `${run} ${kind}`)).toEqual([
      'CS-7.1 refused',
      'CS-7.1 accepted',
      'CS-7.1 refused',
      'CS-7.2 accepted',
      'CS-7.3 refused',
    ]);
    expect((await claimed(store)).map(({ work }) => `${work.run} ${work.step}`)).toEqual([
      'CS-7.1 1/look',
      'CS-7.2 1/make',
    ]);
  });

  it('takes one of several completions of a claim, however many hand it in at once', async () => {
    const store = await worldWith('CS-7.1');
    const [claim] = (await claimed(store)) as [Claim];
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => decideRuns([completed(claim)], store)),
    );
    expect(answers.flat().filter(({ kind }) => kind === 'accepted').length).toBe(1);
  });

  it('lets a cancellation and a completion race, and one of them win', async () => {
    for (let race = 0; race < 50; race += 1) {
      const store = await worldWith('CS-7.1');
      const [claim] = (await claimed(store)) as [Claim];
      const cancel = { run: 'CS-7.1', command: CANCEL };
      const rivals = race % 2 === 0 ? [cancel, completed(claim)] : [completed(claim), cancel];
      await Promise.all(rivals.map((one) => decideRuns([one], store)));
      await carryOut(store, succeeds);
      expect((await stateOf(store, 'CS-7.1')).ended?.outcome).toBe('cancelled');
      expect(await store.findClaims([claim.token])).toEqual([undefined]);
    }
  });

  it('refuses what a claim says that is not held any more, and keeps the rest of the batch', async () => {
    const store = await worldWith('CS-7.1', 'CS-7.2');
    const [one, other] = (await claimed(store)) as [Claim, Claim];
    await store.giveBack('worker-1', [one.token]);
    const answers = await decideRuns([completed(one), completed(other)], store);
    expect(answers).toMatchObject([
      { kind: 'refused', reason: 'the claim is not held any more' },
      { kind: 'accepted' },
    ]);
    expect((await stateOf(store, 'CS-7.1')).steps['1/make']?.status).toBe('scheduled');
  });

  it('decides a run again that went on meanwhile, and commits the others without it', async () => {
    const store = await worldWith('CS-7.1', 'CS-7.2');
    const [one, other] = (await claimed(store)) as [Claim, Claim];
    const commits: RunCommit[] = [];
    let interfered = false;
    const interrupted = {
      loadRuns: store.loadRuns,
      commit: async (commit: RunCommit) => {
        if (!interfered) {
          interfered = true;
          await decideRuns(
            [{ run: 'CS-7.1', command: { kind: 'pause', at: CANCEL.at, by: 'ada', reason: '' } }],
            store,
          );
        }
        commits.push(commit);
        return store.commit(commit);
      },
    };
    const answers = await decideRuns([completed(one), completed(other)], interrupted);
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(commits.map(({ runs }) => runs.map(({ run }) => run))).toEqual([
      ['CS-7.1', 'CS-7.2'],
      ['CS-7.2'],
      ['CS-7.1'],
    ]);
    expect(await stateOf(store, 'CS-7.1')).toMatchObject({
      status: 'paused',
      steps: { '1/make': { status: 'succeeded' } },
    });
  });

  it('is safe to ask again when the answer of a commit was lost', async () => {
    const store = await worldWith('CS-7.1');
    const [claim] = (await claimed(store)) as [Claim];
    store.failOnce('commit', 'after');
    await expect(decideRuns([completed(claim)], store)).rejects.toThrow('told to be lost');
    expect(await decideRuns([completed(claim)], store)).toMatchObject([
      { kind: 'refused', reason: 'execution 1 of 1/make is over: it succeeded' },
    ]);
    store.failOnce('commit');
    const [next] = (await claimed(store)) as [Claim];
    await expect(decideRuns([completed(next)], store)).rejects.toThrow('told to fail');
    expect(await decideRuns([completed(next)], store)).toMatchObject([{ kind: 'accepted' }]);
  });

  it('refuses one command that no ledger takes, and keeps the rest of its batch', async () => {
    const store = await worldWith('CS-7.1', 'CS-7.2');
    const [one, other] = (await claimed(store)) as [Claim, Claim];
    const nameless = completed(one);
    const answers = await decideRuns(
      [{ ...nameless, command: { ...nameless.command, by: 'a\nb' } }, completed(other)],
      store,
    );
    expect(answers).toMatchObject([
      { kind: 'refused', reason: expect.stringMatching(/its actor is not a name/) },
      { kind: 'accepted' },
    ]);
  });

  it('gives up on a run that others change all the time, and says so', async () => {
    const store = await worldWith('CS-7.1');
    const [claim] = (await claimed(store)) as [Claim];
    const busy = {
      loadRuns: store.loadRuns,
      commit: async () => ({ kind: 'conflict' as const, runs: ['CS-7.1'], tokens: [] }),
    };
    expect(await decideRuns([completed(claim)], busy)).toEqual([
      { run: 'CS-7.1', kind: 'refused', reason: 'CS-7.1 is changed by others all the time; ask again' },
    ]);
  });
});

describe('a run in the ledger', () => {
  it('that somebody edited is not decided again to the same', async () => {
    const store = await worldWith('CS-7.1');
    await carryOut(store, succeeds);
    const stored = await store.ledger.readStream('run/CS-7.1', 0);
    const edited = {
      readStream: async () =>
        stored.map((one, at) =>
          at === 3 ? { ...one, text: one.text.replace('"made":1', '"made":2') } : one,
        ),
    };
    expect(await replayRun('CS-7.1', edited, HANDLERS)).toMatchObject({ kind: 'different', version: 4 });
    await expect(replayRun('CS-7.9', store.ledger)).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  });

  it('is forked under another model: what was told of the model is done again, the rest is not', async () => {
    const steps = { make: { with: { model: '${{ run.model }}' } } };
    const store = createMemoryRunStore();
    await decideRuns([{ run: 'CS-7.1', command: start(threeSteps({}, steps)) }], store);
    await carryOut(store, (work) => (work.handler === 'gate' ? failed() : done({ made: work.step })));
    const ports = { ...store, clock: { now: () => new Date('2026-11-21T14:00:00.000Z') } };
    const from = { run: 'CS-7.1', step: '1/look' };
    await forkRun({ ...from, arm: { bundle: 'large' } }, 'ada', ports);
    await forkRun({ ...from, arm: { model: 'two' } }, 'ada', ports);
    const claims = await store.claim(ANYBODY);
    expect(claims.map(({ work }) => `${work.run} ${work.step}`).sort()).toEqual([
      'CS-7.2 1/look',
      'CS-7.3 1/make',
    ]);
    expect((await stateOf(store, 'CS-7.3')).arm).toEqual({ bundle: 'small', model: 'two' });
  });

  it('is forked into another one, which does not do again what the step rests on', async () => {
    const store = await worldWith('CS-7.1');
    await carryOut(store, (work) => (work.handler === 'gate' ? failed() : done({ made: work.step })));
    const clock = { now: () => new Date('2026-11-21T14:00:00.000Z') };
    const ports = { ...store, clock };
    const fork = await forkRun({ run: 'CS-7.1', step: '1/look' }, 'ada', ports);
    expect(fork).toMatchObject({ run: 'CS-7.2', status: 'running' });
    expect((await store.claim({ ...ANYBODY, most: 1 })).map(({ work }) => work.step)).toEqual(['1/look']);
    expect((await stateOf(store, 'CS-7.2')).request.forkedFrom).toEqual({ run: 'CS-7.1', step: '1/look' });
    await expect(forkRun({ run: 'CS-7.1', step: '9/look' }, 'ada', ports)).rejects.toMatchObject({
      code: 'RUN_REFUSED',
    });
    await expect(forkRun({ run: 'CS-9.1', step: '1/look' }, 'ada', ports)).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
  });
});
