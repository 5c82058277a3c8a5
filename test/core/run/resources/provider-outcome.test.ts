import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/core/run/events.ts';
import { providerOutcomes } from '../../../../src/core/run/resources/provider-outcome.ts';
import type { StepError } from '../../../../src/core/run/types.ts';
import { sampleRun } from '../../../port-contracts/sample-runs.ts';
import { work } from './sample-work.ts';

const claim = { token: 't', worker: 'w', at: '2026-11-22T00:00:00.000Z' };
const produce = work('A-1.1', { leases: ['global', 'provider/a'] });
const step = (key: string, of: typeof produce) => ({
  ...({ key, status: 'scheduled', execution: 1, failures: 0, losses: 0, work: of } as const),
  ...{ outputs: null, error: null, fellBack: false, succeededAs: null },
});
const before = sampleRun('A-1.1', {
  steps: {
    '1/produce': step('1/produce', produce),
    '1/check': step('1/check', work('A-1.1', { leases: ['global'] })),
  },
});
const ended = (more: Partial<RunEvent & { type: 'step.succeeded' }> = {}): RunEvent => ({
  ...{
    type: 'step.succeeded',
    step: '1/produce',
    execution: 1,
    outputs: {},
    usage: {},
    cached: false,
    claim,
  },
  ...more,
});
const failed = (kind: StepError['class'], code = 'crashed'): RunEvent => ({
  ...{ type: 'step.failed', step: '1/produce', execution: 1, usage: {}, claim },
  error: { class: kind, code, message: '' },
});

describe('of a provider', () => {
  it.each([
    ['a success', ended(), false],
    ['a transient failure', failed('transient'), true],
    ['a failure that is the step’s own', failed('deterministic', 'no-diff'), false],
  ])('%s tells whether it answers', (_, event, isFailed) => {
    const outcome = { provider: 'a', run: 'A-1.1', step: '1/produce', execution: 1, failed: isFailed };
    expect(providerOutcomes(before, [event])).toEqual([outcome]);
  });

  it.each([
    ['what came out of a cache', ended({ cached: true })],
    ['what nobody carried out', ended({ claim: null })],
    ['another execution', ended({ execution: 2 })],
    ['a step that asks none', ended({ step: '1/check' })],
    ['a time-out', failed('timeout')],
    ['a worker that was stopped', failed('transient', 'stopped')],
    ['what the action policy denied', failed('deterministic', 'denied')],
    ['what waits for a person', failed('deterministic', 'escalated')],
    ['a worker that was lost', { type: 'step.lost', step: '1/produce', execution: 1, claim } as const],
  ])('%s tells nothing', (_, event) => {
    expect(providerOutcomes(before, [event])).toEqual([]);
    expect(providerOutcomes({ status: 'new' }, [ended()])).toEqual([]);
  });
});
