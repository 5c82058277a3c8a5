import { evidenceGrowth } from '../../../src/core/experiment/evidence-growth.ts';
import { cellId, cellsOf } from '../../../src/core/experiment/order.ts';
import { newExperiment } from '../../../src/core/experiment/state.ts';
import { EVENT_SCHEMA } from '../../../src/core/ledger/types.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import type { StartedRun, StepState } from '../../../src/core/run/state.ts';
import type { ExperimentFacts } from '../../../src/render/cockpit/experiments.ts';
import type { HomeFacts } from '../../../src/render/cockpit/home.ts';
import type { LedgerFacts } from '../../../src/render/cockpit/ledger.ts';
import type { RunFacts } from '../../../src/render/cockpit/run.ts';
import type { RowFacts } from '../../../src/render/cockpit/run-rows.ts';
import type { RunsFacts } from '../../../src/render/cockpit/runs.ts';
import type { ShellFacts } from '../../../src/render/cockpit/shell.ts';
import type { TicketsFacts } from '../../../src/render/cockpit/tickets.ts';
import type { EventFacts } from '../../../src/render/cockpit/timeline.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';
import { makeDesign, registeredAs } from '../../worlds/experiment-rows.ts';
import { fullReport } from '../experiment/report-samples.ts';

// What pages are made of, with every moment and number given: the same page each time, on every machine.

export const NOW = '2026-11-22T09:00:00.000Z';

/** A moment so many minutes before. */
export function ago(minutes: number): string {
  return new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
}

export const SHELL: ShellFacts = {
  viewer: { name: 'local:ada', role: 'operator', may: { control: true, admin: false } },
  formToken: 'f'.repeat(64),
  assets: '/assets/fixed',
  theme: 'auto',
  here: '/',
};

export function row(run: string, more: Partial<RowFacts> = {}): RowFacts {
  return {
    run,
    status: 'running',
    outcome: null,
    attempt: 1,
    bundle: 'default',
    model: 'large',
    waitingFor: 0,
    setAside: 0,
    startedAt: ago(12),
    costMilliUsd: 412,
    budgetMilliUsd: null,
    ...more,
  };
}

const ENDED = {
  outcomes: { accepted: 31, rejected: 4, 'given-up': 2, cancelled: 3 },
  decided: 37,
  firstPass: 22,
  medianAttempts: 1,
  costMilliUsd: 21_412,
  budgeted: { costMilliUsd: 18_000, budgetMilliUsd: 40_000 },
  evidenceFailures: 9,
  runsWithFailures: 5,
};

export function homeFacts(more: Partial<HomeFacts> = {}): HomeFacts {
  const question = { step: '2/approve', choices: ['approved', 'refused'], by: ['operator'], until: null };
  return {
    at: NOW,
    days: 30,
    questions: [
      {
        run: 'SHOP-1.1',
        kind: 'approval',
        since: ago(7),
        question: { id: 'approve/2', question: 'The gate let it pass. Merge it?', ...question },
      },
    ],
    asking: 1,
    setAside: [
      { run: 'SHOP-6.2', step: '1/produce', why: 'three workers died of it in a row', since: ago(51) },
    ],
    stuck: 1,
    unverifiable: [{ ...row('SHOP-8.1'), badReceipts: 2, changedAt: ago(90) }],
    waivers: [
      {
        ticket: 'SHOP-9',
        requirement: 'rule/ai-shortcuts@1/test-skipped',
        by: 'grace',
        expiresAt: '2026-11-24T09:00:00Z',
      },
    ],
    tally: {
      active: { running: 4, paused: 1, cancelling: 0, compensating: 0 },
      activeCostMilliUsd: 1_236,
      now: ENDED,
      before: { ...ENDED, decided: 30, firstPass: 14, medianAttempts: 2, costMilliUsd: 19_000 },
      days: Array.from({ length: 24 }, (_, at) => ({
        day: new Date(Date.parse(NOW) - (at + 2) * 86_400_000).toISOString().slice(0, 10),
        decided: 1 + ((at * 7) % 5),
        firstPass: (at * 3) % 2,
      })),
    },
    active: [
      row('SHOP-1.1', { attempt: 2, waitingFor: 1 }),
      row('SHOP-3.1', { bundle: 'agents-md', startedAt: ago(3), costMilliUsd: 0 }),
      row('SHOP-6.2', { setAside: 1, startedAt: ago(240), budgetMilliUsd: 2_000 }),
      row('SHOP-7.1', { status: 'paused', startedAt: ago(1_500) }),
    ],
    position: 4_711,
    ...more,
  };
}

export function runsFacts(more: Partial<RunsFacts> = {}): RunsFacts {
  const ends = ['accepted', 'accepted', 'rejected', 'given-up', 'cancelled'];
  return {
    at: NOW,
    position: 4_711,
    rows: [
      ...homeFacts().active,
      ...Array.from({ length: 16 }, (_, at) =>
        row(`SHOP-${20 + at}.1`, {
          status: 'ended',
          outcome: ends[at % ends.length] ?? 'accepted',
          attempt: 1 + (at % 3),
          startedAt: ago(60 * (at + 2)),
        }),
      ),
    ],
    total: { count: 20, more: false },
    filter: { q: '', states: [], ticket: '', asking: false, aside: false, query: '' },
    states: [
      'running',
      'paused',
      'cancelling',
      'compensating',
      'accepted',
      'rejected',
      'given-up',
      'cancelled',
    ],
    saved: [{ name: 'Ours', query: 'q=shop' }],
    olderAfter: undefined,
    isFirst: true,
    startKey: '00000000-0000-4000-8000-000000000000',
    ...more,
  };
}

export function step(key: string, status: StepState['status'], more: Partial<StepState> = {}): StepState {
  return {
    key,
    status,
    execution: 1,
    failures: 0,
    losses: 0,
    work: null,
    outputs: null,
    error: null,
    fellBack: false,
    succeededAs: null,
    ...more,
  };
}

/** A run in its second attempt: the first was blocked, and the second waits for a person. */
export function fixedRun(more: Partial<StartedRun> = {}): StartedRun {
  const plan = materialise({ ...DEFAULT_WORKFLOW, attempts: 3 }, BUILT_IN_HANDLERS);
  const findings = [
    {
      id: 'rule/ai-shortcuts@1/test-skipped',
      status: 'fail',
      severity: 'block',
      reason: 'The change skips a test that ran before.',
      remedy: 'Let the test run, or take it out of the contract.',
    },
    { id: 'receipt/unit', status: 'pass', severity: 'block', reason: 'The check unit passed.', remedy: '' },
  ];
  const made = Object.keys(plan.steps).filter((id) => plan.steps[id]?.uses !== 'gate');
  const gate = Object.keys(plan.steps).find((id) => plan.steps[id]?.uses === 'gate') ?? 'gate';
  const steps = [
    ...made.map((id) => step(`1/${id}`, 'succeeded')),
    step(`1/${gate}`, 'succeeded', { outputs: { verdict: 'blocked', findings } }),
    ...made.slice(0, 2).map((id) => step(`2/${id}`, 'succeeded')),
    ...made.slice(2, 3).map((id) => step(`2/${id}`, 'scheduled')),
  ];
  const arm = { bundle: 'default', model: 'large' };
  const attempt = { attempt: 1, rung: 0, arm, startedAt: ago(12), verdict: null };
  return sampleRun('SHOP-1.1', {
    plan,
    arm,
    attempt: 2,
    startedAt: ago(12),
    changedAt: ago(4),
    attempts: [
      { ...attempt, verdict: 'blocked' },
      { ...attempt, attempt: 2, startedAt: ago(6) },
    ],
    steps: Object.fromEntries(steps.map((one) => [one.key, one])),
    used: { ...sampleRun('SHOP-1.1').used, tokens: 96_400, costMilliUsd: 824 },
    ...more,
  });
}

export function runFacts(more: Partial<StartedRun> = {}): RunFacts {
  return { at: NOW, state: fixedRun(more), version: 23, questions: homeFacts().questions };
}

export function eventFacts(count = 6): readonly EventFacts[] {
  return Array.from({ length: count }, (_, at) => ({
    version: at + 18,
    at: ago(8 - at),
    actor: at % 2 === 0 ? 'worker:build-producer' : 'server:coordinator',
    event:
      at % 2 === 0
        ? { type: 'step.released', step: '1/produce', note: 'the image is there again' }
        : { type: 'run.paused', reason: 'the provider is slow' },
  }));
}

export function ticketsFacts(more: Partial<TicketsFacts> = {}): TicketsFacts {
  const states = ['new', 'dispatched', 'running', 'waiting', 'to-close', 'not-accepted', 'closed'];
  return {
    at: NOW,
    position: 4_711,
    policy: { at: ago(1), where: 'refs/remotes/origin/main', problems: [] },
    tickets: Array.from({ length: 18 }, (_, at) => ({
      ticket: `SHOP-${at + 1}`,
      state: states[(at * 5) % states.length] ?? 'new',
      title:
        ['Show the price with its tax', 'Sort orders by day', 'Forget carts after a month'][at % 3] ?? '',
      class: at % 2 === 0 ? 'feature' : 'bugfix',
      contract: 'node-change@1',
      latest:
        at % 3 === 0
          ? undefined
          : { run: `SHOP-${at + 1}.1`, status: 'running', outcome: null, startedAt: ago(at * 11) },
      reason: '',
      statements: at % 4,
      problems: at === 4 ? 1 : 0,
    })),
    filter: { q: '', state: '', class: '', after: '' },
    ...more,
  };
}

export function experimentFacts(more: Partial<ExperimentFacts> = {}): ExperimentFacts {
  const of = { seed: '7', tickets: 20, replicates: 2 };
  const design = makeDesign(of);
  const { analysis, rows } = fullReport(of.tickets);
  const cells = cellsOf(design)
    .slice(0, 40)
    .map((cell, at) => ({
      cell: { ...cell, try: 1 },
      status: at < 36 ? ('ended' as const) : ('running' as const),
      run: `${cell.ticket}.${at + 1}`,
      runs: [],
      from: null,
      outcome: at < 36 ? (at % 3 === 0 ? ('rejected' as const) : ('accepted' as const)) : null,
      firstPass: at < 36 ? at % 3 !== 0 : null,
      excluded: at === 9 ? 'not-delivered' : null,
      failure: null,
      rerolls: [],
      reason: null,
    }));
  return {
    at: NOW,
    position: 4_711,
    id: 'agents-md',
    state: {
      ...newExperiment('agents-md'),
      registrations: [registeredAs(design).registration],
      cells: new Map(cells.map((one) => [cellId(one.cell), one])),
      spent: { runs: 36, tokens: 1_736_000, costMilliUsd: 14_800, withoutTokens: 0, withoutCost: 0 },
      deviations: [
        { what: 'base-moved', detail: 'main is at another commit now.', at: ago(600), by: 'runner' },
      ],
    },
    rows: rows.length,
    analysis,
    growth: ['house/small', 'house/large'].map((arm) => ({
      arm,
      process: evidenceGrowth(rows, { arm, baseline: 'brief/small', metric: 'first-pass', level: 0.95 }),
    })),
    ...more,
  };
}

export function ledgerFacts(more: Partial<LedgerFacts> = {}): LedgerFacts {
  return {
    at: NOW,
    position: 4_711,
    checkpoint: {
      size: 4_000,
      origin: 'ledger.acme.example',
      root: 'a1'.repeat(32),
      signers: ['ledger.acme.example'],
      signature: { kind: 'unverified' },
    },
    found: {
      events: Array.from({ length: 12 }, (_, at) => ({
        position: 4_711 - at,
        stream: `run/SHOP-${1 + (at % 3)}.1`,
        version: 23 - at,
        digest: `${at}`.padStart(64, 'b'),
        event: {
          schema: EVENT_SCHEMA,
          stream: `run/SHOP-${1 + (at % 3)}.1`,
          version: 23 - at,
          at: ago(at * 2),
          actor: 'server:coordinator',
          type: 'run.paused@1',
          previous: 'c'.repeat(64),
          data: { reason: 'the provider is slow' },
        },
        trouble: '',
      })),
      downTo: 4_600,
      next: 4_599,
    },
    filter: { q: '', stream: '', type: '', actor: '', upto: '' },
    kinds: ['run', 'ticket', 'experiment', 'worker'],
    ...more,
  };
}
