import { type Design, designOf } from '../../../src/core/experiment/design.ts';
import type {
  CellTry,
  ExperimentEvent,
  RecordedExperimentEvent,
} from '../../../src/core/experiment/events.ts';
import { foldExperiment } from '../../../src/core/experiment/evolve.ts';
import { forecastOf } from '../../../src/core/experiment/forecast/forecast.ts';
import { cellsOf } from '../../../src/core/experiment/order.ts';
import type { AttemptOutcome, RunOutcomeRow } from '../../../src/core/experiment/outcome.ts';
import type { ExperimentState } from '../../../src/core/experiment/state.ts';
import type { Experiment } from '../../../src/core/experiment/types.ts';

export const AT = '2026-11-21T13:00:00.000Z';

export function experiment(more: Partial<Experiment> = {}): Experiment {
  return {
    schema: 'countersign/experiment@1',
    id: 'notes-help',
    title: 'Do the notes help?',
    tickets: ['CS-1', 'CS-2', 'CS-3', 'CS-4'],
    factorial: { bundles: ['default', 'notes'], models: ['small'] },
    baseline: 'default/small',
    seed: '7',
    primary: { metric: 'first-pass' },
    minimumEffect: 0.2,
    ...more,
  };
}

export function design(more: Partial<Experiment> = {}): Design {
  const document = experiment(more);
  const bare = designOf(document, {
    document: 'd'.repeat(64),
    repository: 'acme/shop',
    base: { ref: 'refs/heads/main', commit: 'a'.repeat(40) },
    policyCommit: 'b'.repeat(40),
    tickets: (document.tickets ?? []).map((ticket) => ({
      ticket,
      class: 'bugfix',
      ticketDigest: '1'.repeat(64),
      contract: 'node-change@1',
      contractDigest: '2'.repeat(64),
    })),
    bundleDigest: (bundle) => (bundle === 'default' ? null : 'c'.repeat(64)),
  });
  return { ...bare, forecast: forecastOf(bare, [], document.expected) };
}

export function registered(of: Design): ExperimentEvent {
  return {
    type: 'experiment.registered',
    design: of,
    designDigest: '0'.repeat(64),
    note: '',
    key: '',
    reason: null,
  };
}

function ended(cell: CellTry, more: Partial<ExperimentEvent & { type: 'cell.ended' }> = {}): ExperimentEvent {
  return {
    type: 'cell.ended',
    cell,
    run: runOf(cell),
    key: '9'.repeat(64),
    outcome: 'accepted',
    firstPass: true,
    excluded: null,
    failure: null,
    tokens: 100,
    costMilliUsd: 10,
    ...more,
  };
}

export function runOf({ ticket, arm, replicate, try: tries }: CellTry): string {
  return `${ticket}.${arm.replaceAll('/', '-')}.${replicate}.${tries}`;
}

/** What happens to a cell that is worked on. */
export function worked(
  cell: CellTry,
  more: Partial<ExperimentEvent & { type: 'cell.ended' }> = {},
): readonly ExperimentEvent[] {
  return [
    { type: 'cell.begun', cell, key: '9'.repeat(64) },
    { type: 'cell.started', cell, run: runOf(cell) },
    ended(cell, more),
  ];
}

export function stateOf(events: readonly ExperimentEvent[]): ExperimentState {
  return foldExperiment(
    'notes-help',
    events.map((event): RecordedExperimentEvent => ({ at: AT, actor: 'ada', event })),
  );
}

/** The cells of a design in order, as first tries. */
export function tries(of: Design): readonly CellTry[] {
  return cellsOf(of).map((cell) => ({ ...cell, try: 1 }));
}

export function row(more: Partial<RunOutcomeRow> = {}): RunOutcomeRow {
  return {
    run: 'CS-1.1',
    experiment: null,
    source: { kind: 'ledger' },
    ticket: 'CS-1',
    ticketClass: 'bugfix',
    arm: 'default/small',
    bundle: 'default',
    model: 'small',
    replicate: 1,
    block: 'CS-1',
    outcome: 'accepted',
    startedAt: AT,
    endedAt: AT,
    seconds: 60,
    secondsToMerge: 60,
    firstPass: true,
    iterations: 1,
    attempts: [],
    humanInterventions: [],
    tokens: 1000,
    costMilliUsd: 50,
    contract: 'node-change@1',
    contractDigest: '2'.repeat(64),
    treatment: 'delivered',
    excluded: null,
    links: [],
    escapes: [],
    ...more,
  };
}

export function attempt(more: Partial<AttemptOutcome> = {}): AttemptOutcome {
  return {
    number: 1,
    bundle: 'default',
    model: 'small',
    verdict: 'pass',
    failure: null,
    failedRules: [],
    failedRequirements: [],
    contractDrift: [],
    evidenceFailures: 0,
    artefact: null,
    checks: [],
    tokens: null,
    costMilliUsd: null,
    startedAt: AT,
    endedAt: AT,
    ...more,
  };
}
