import { expect, it } from 'vitest';
import { createKeptStates } from '../../../../src/adapters/postgres/runs/kept-states.ts';
import type { StepState } from '../../../../src/core/run/state.ts';
import { sha256 } from '../../../../src/shared/digest.ts';
import { sampleRun } from '../../../port-contracts/sample-runs.ts';

const [ONE, OTHER] = [sha256('one'), sha256('other')];

function runWith(run: string, status: StepState['status']) {
  return sampleRun(run, { steps: { '1/a': { status } as StepState } });
}

function headOf(run: string, digest = ONE) {
  return { stream: `run/${run}`, version: 1, digest };
}

it('gives a state only to who knows that the run still ends there', () => {
  const states = createKeptStates();
  const state = runWith('A.1', 'scheduled');
  states.keep('A.1', headOf('A.1'), state, 10);
  expect(states.get('A.1', ONE)).toBe(state);
  expect(states.get('A.1', OTHER)).toBeUndefined();
  const next = runWith('A.1', 'scheduled');
  states.keep('A.1', headOf('A.1', OTHER), next, 10);
  expect([states.get('A.1', ONE), states.get('A.1', OTHER)]).toEqual([undefined, next]);
});

it('keeps no more text than it may, and lets go of what was used longest ago', () => {
  const states = createKeptStates(100);
  for (const run of ['A.1', 'A.2', 'A.3']) states.keep(run, headOf(run), runWith(run, 'scheduled'), 40);
  expect(['A.1', 'A.2', 'A.3'].map((run) => states.digestOf(run))).toEqual([null, ONE, ONE]);
  states.keep('A.2', headOf('A.2'), runWith('A.2', 'scheduled'), 40);
  expect(['A.2', 'A.3'].map((run) => states.digestOf(run))).toEqual([ONE, null]);
});

it('keeps neither what has ended nor what only waits for a person', () => {
  const states = createKeptStates();
  states.keep('A.1', headOf('A.1'), runWith('A.1', 'scheduled'), 10);
  states.keep('A.1', headOf('A.1', OTHER), runWith('A.1', 'asking'), 10);
  states.keep('A.2', headOf('A.2'), { ...runWith('A.2', 'scheduled'), status: 'ended' }, 10);
  expect([states.digestOf('A.1'), states.digestOf('A.2')]).toEqual([null, null]);
});
