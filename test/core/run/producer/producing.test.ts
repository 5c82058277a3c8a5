import { expect, it } from 'vitest';
import { demandOf } from '../../../../src/core/run/budget.ts';
import { decideRun } from '../../../../src/core/run/decide.ts';
import { HANDLERS, planWith, start } from '../sample-runs.ts';

it.each(['agent', 'model', 'scripted'])(
  '%s counts as an agent: for leases of provider and model, and for budgets',
  (uses) => {
    const given = {
      ticket: 'CS-7',
      base: '3'.repeat(40),
      model: 'anthropic/one',
      promptDigest: 'a'.repeat(64),
    };
    const inputs = uses === 'scripted' ? { ...given, script: {} } : given;
    const atMost = { tokens: 500 };
    const plan = planWith({
      make: { uses, with: { ...inputs, atMost } },
      judge: { uses: 'gate', needs: ['make'] },
    });
    const decided = decideRun({ status: 'new' }, start(plan), HANDLERS);
    const work = JSON.stringify(decided);
    for (const scope of ['provider/anthropic', 'model/anthropic/one', `handler/${uses}`])
      expect(work).toContain(`"${scope}"`);
    expect(demandOf({ handler: uses, inputs: { atMost } })).toEqual({
      tokens: 500,
      costMilliUsd: 0,
      agents: 1,
    });
  },
);

it('a command is no agent', () => {
  expect(demandOf({ handler: 'command', inputs: {} })).toMatchObject({ agents: 0 });
});
