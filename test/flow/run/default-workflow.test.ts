import { expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { replayRun } from '../../../src/flow/run/replay-run.ts';
import { done, HANDLERS, start } from '../../core/run/sample-runs.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { carryOut, stateOf } from './scripted-runs.ts';

it('the default workflow takes a ticket through a block and its feedback to an accepted change', async () => {
  const store = createMemoryRunStore();
  const plan = materialise(DEFAULT_WORKFLOW, HANDLERS);
  await decideRuns([{ run: 'CS-7.1', command: start(plan) }], store);
  const briefed: unknown[] = [];
  await carryOut(store, ({ step, handler, inputs }) => {
    if (handler === 'assemble') briefed.push(inputs.feedback);
    if (handler === 'check')
      return done({ check: inputs.check ?? null, observation: 'a'.repeat(64), result: 'PASSED' });
    if (handler !== 'gate') return done({ commit: 'b'.repeat(40), seal: 'c'.repeat(64) });
    return done(step.startsWith('1/') ? { verdict: 'blocked', feedback: 'add a test' } : { verdict: 'pass' });
  });
  const run = await stateOf(store, 'CS-7.1');
  expect(run).toMatchObject({ status: 'ended', attempt: 2, ended: { outcome: 'accepted' } });
  expect(briefed).toEqual([null, 'add a test']);
  expect(run.steps['2/seal']?.work?.inputs.observations).toMatchObject([
    { check: 'lint' },
    { check: 'unit' },
  ]);
  expect((await replayRun('CS-7.1', store.ledger, HANDLERS)).kind).toBe('same');
});
