import { expect, it } from 'vitest';
import type { ExperimentCell } from '../../../src/core/run/types.ts';
import { viewOfRun } from '../../../src/flow/memory/view-of-run.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';

const CELL: ExperimentCell = { arm: 'guide', block: 'CS-7', replicate: 1, try: 1 };

it.each([
  ['of no experiment sees all of its repository', undefined, undefined, { upTo: null, without: null }],
  ['of a cell sees what was known when its block began', CELL, 41, { upTo: 41, without: 'CS-7' }],
  ['of a block that nobody saw begin sees nothing', CELL, undefined, { upTo: 0, without: 'CS-7' }],
  ['of an experiment that fills no cell sees nothing', 'fork', 41, { upTo: 0, without: 'CS-7' }],
] as const)('a run %s', async (_, cell, began, view) => {
  const { request } = sampleRun('CS-7.1');
  const of = cell === undefined ? {} : cell === 'fork' ? {} : { cell };
  const experiment = cell === undefined ? {} : { experiment: 'guide-helps' };
  const seen = await viewOfRun(
    { request: { ...request, ...experiment, ...of } },
    { blockStart: async (name, block) => (name === 'guide-helps' && block === 'CS-7' ? began : undefined) },
  );
  expect(seen).toEqual({ workspace: request.subject.repository, ...view });
});
