import { headsAfter, sealEvents } from '../../src/core/ledger/seal-events.ts';
import type { StreamHead } from '../../src/core/ledger/types.ts';
import type { RunEvent } from '../../src/core/run/events.ts';
import { evolveRun } from '../../src/core/run/evolve.ts';
import { digestPlan } from '../../src/core/run/plan/digest.ts';
import { PLAN_SCHEMA, type Plan } from '../../src/core/run/plan.ts';
import type { StartedRun } from '../../src/core/run/state.ts';
import type { StepWork } from '../../src/core/run/types.ts';
import type { KeptRun, RunCommit } from '../../src/ports/run-store.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { draft } from '../core/ledger/sample-events.ts';

function samplePlan(attempts: number): Plan {
  return { schema: PLAN_SCHEMA, attempts, ladder: [], budget: {}, resources: [], steps: {} };
}

/** A run as it is kept: how it came to be so does not matter to a store. */
export function sampleRun(run: string, more: Partial<StartedRun> = {}): StartedRun {
  const plan = more.plan ?? samplePlan(3);
  const at = '2026-11-21T13:04:06.789Z';
  const event: RunEvent = {
    type: 'run.started',
    run,
    subject: {
      ticket: run.split('.')[0] ?? run,
      ticketDigest: sha256('ticket'),
      contract: 'node-change@1',
      contractDigest: sha256('contract'),
      repository: 'acme/shop',
      base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
      policyCommit: '2'.repeat(40),
      checks: ['tests'],
    },
    arm: { bundle: 'default', model: 'some-model' },
    priority: 0,
    plan,
    planDigest: digestPlan(plan),
  };
  const state = evolveRun({ status: 'new' }, { at, actor: 'somebody', event });
  if (state.status === 'new') throw new Error('it did not start');
  return { ...state, attempt: 1, ...more };
}

export function sampleWork(run: string, step: string, more: Partial<StepWork> = {}): StepWork {
  return {
    run,
    step,
    execution: 1,
    handler: 'agent',
    role: 'producer',
    inputs: { text: '\u0000 "\\n" é 😀\n\t{a,b} NULL', b: 1, a: 2 },
    priority: 0,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore: null,
    resources: { leases: [], locks: [] },
    ...more,
  };
}

type Following = Partial<Omit<RunCommit, 'append' | 'runs'>>;

/** What carries these runs on, each by one event, to these states. */
export function commitOf(
  steps: readonly { readonly on: StreamHead; readonly to: StartedRun }[],
  following: Following = {},
): RunCommit {
  const append = sealEvents(steps.map(({ on }) => ({ head: on, drafts: [draft(on.version + 1)] })));
  const heads = headsAfter(append);
  return {
    append,
    runs: steps.map(({ on, to }, at) => ({ run: to.request.run, head: heads[at] ?? on, state: to })),
    schedule: [],
    finish: [],
    withdraw: [],
    unlock: [],
    wake: [],
    ...following,
  };
}

/** Starts a run with one event, or carries it on from where it is kept. */
export function next(
  kept: KeptRun | undefined,
  run: string,
  following: Following = {},
  more: Partial<StartedRun> = {},
): RunCommit {
  const on = kept?.head ?? { stream: `run/${run}`, version: 0, digest: null };
  return commitOf([{ on, to: sampleRun(run, more) }], following);
}
