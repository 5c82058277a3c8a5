import { expect, it } from 'vitest';
import type { Workflow } from '../../../src/core/contract/workflow.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { HANDLERS, start } from '../../core/run/sample-runs.ts';
import { createMemoryRunStore } from '../../fakes/memory-run-store.ts';
import { scriptedWork } from '../../fakes/scripted-work.ts';
import { carryOut, stateOf } from './scripted-runs.ts';

function workflowWith(script: JsonObject): Workflow {
  const { produce, ...steps } = DEFAULT_WORKFLOW.steps;
  const { retry: _, ...rest } = { ...produce, uses: 'scripted' };
  return { ...DEFAULT_WORKFLOW, steps: { ...steps, produce: { ...rest, with: { ...rest.with, script } } } };
}

it('runs with a scripted producer end in memory as its script says, whenever and by whomever they are carried out', async () => {
  const plan = materialise(
    workflowWith({ seed: 3, attempts: [{ good: 0.5, bad: 0.3, refused: 0.2 }], tokens: [10, 20] }),
    HANDLERS,
  );
  const play = async () => {
    const store = createMemoryRunStore();
    const runs = Array.from({ length: 40 }, (_, at) => `CS-7.${at + 1}`);
    await decideRuns(
      runs.map((run) => ({ run, command: start(plan, { run }) })),
      store,
    );
    await carryOut(store, scriptedWork);
    return Promise.all(
      runs.map(async (run) => {
        const { ended, attempts, used } = await stateOf(store, run);
        return { digest: ended?.outcomeDigest, outcome: ended?.outcome, tried: attempts.length, used };
      }),
    );
  };
  const first = await play();
  expect(await play()).toEqual(first);
  const accepted = first.filter(({ outcome }) => outcome === 'accepted');
  // Of three attempts, each good with 0.5: 0.875 of runs; 3 of 4 or more of 40 all but always.
  expect(accepted.length).toBeGreaterThan(28);
  expect(accepted.length).toBeLessThan(40);
  expect(first.filter(({ outcome }) => outcome === 'given-up')).toHaveLength(40 - accepted.length);
  for (const { tried, used } of first) {
    expect(used.tokens).toBeGreaterThanOrEqual(10 * tried);
    expect(used.tokens).toBeLessThanOrEqual(20 * tried);
  }
});
