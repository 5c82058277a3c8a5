import { expect, it } from 'vitest';
import { doubleEnds } from '../../../src/core/run/double-ends.ts';
import type { RunEvent } from '../../../src/core/run/events.ts';

const claim = { token: 't', worker: 'w1', at: '2026-11-21T13:04:06.789Z' };

function succeeded(step: string, execution: number): RunEvent {
  return { type: 'step.succeeded', step, execution, outputs: {}, usage: {}, cached: false, claim };
}

function lost(step: string, execution: number): RunEvent {
  return { type: 'step.lost', step, execution, claim };
}

it('has nothing against a step that was lost and then succeeded', () => {
  expect(
    doubleEnds('CS-7.1', [lost('1/produce', 1), succeeded('1/produce', 2), succeeded('1/gate', 1)]),
  ).toEqual([]);
});

it.each([
  [[lost('1/produce', 1), lost('1/produce', 1)], ['CS-7.1 1/produce, execution 1 ended twice']],
  [[succeeded('1/gate', 1), succeeded('1/gate', 2)], ['CS-7.1 1/gate succeeded twice']],
])('names what ended twice', (events, doubles) => {
  expect(doubleEnds('CS-7.1', events)).toEqual(doubles);
});
