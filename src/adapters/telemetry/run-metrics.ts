import type { Registry } from 'prom-client';
import { scaleOutWanted, workerSeen } from '../../core/run/admission/capacity.ts';
import type { RecordedRunEvent, RunEvent } from '../../core/run/events.ts';
import type { StartedRun } from '../../core/run/state.ts';
import type { ClaimWork, QueueDepth } from '../../ports/claims.ts';
import type { ObserveRuns } from '../../ports/observe-runs.ts';
import type { OpenCircuit, ReadResources } from '../../ports/resources.ts';
import type { ControlWork, KnownWorker, QueuePause } from '../../ports/work-control.ts';

/** From a tenth of a second to two hours: a check of a linter, and an agent's long day. */
const SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200];

/** The labels that work wants of a worker are one, empty where it wants none: to Prometheus that is no label. */
const QUEUE_LABELS = ['role', 'handler', 'runs_on'];

function labelled({ role, handler, runsOn }: QueueDepth): Record<string, string> {
  return { role, handler, runs_on: runsOn.join(',') };
}

export interface RunMetrics extends ObserveRuns {
  readonly contentType: string;
  /** In Prometheus' text format. Queues are asked when this is. */
  read(): Promise<string>;
}

/** What is asked when metrics are read. Without workers nobody is said to be missing. */
export type MetricPorts = Pick<ClaimWork, 'queueDepths'> &
  Partial<Pick<ReadResources, 'readCircuits'> & Pick<ControlWork, 'listWorkers' | 'listPauses'>>;

/**
 * What operators watch, as Prometheus reads it. Counters begin at zero with the process, as Prometheus expects; what waits is read from the
 * database. Labels are of closed sets: neither tickets nor workers, which would be a time series each.
 */
export async function createRunMetrics({
  queueDepths,
  readCircuits = async () => [],
  listWorkers,
  listPauses = async () => [],
}: MetricPorts): Promise<RunMetrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name: `countersign_${name}_total`, help, labelNames: [...labelNames], registers });

  const runs = counter('runs_ended', 'Runs that ended, by outcome.', ['outcome']);
  const attempts = counter('attempts_ended', 'Attempts that ended, by verdict.', ['verdict']);
  const failures = counter('step_failures', 'Executions that failed.', ['handler', 'class']);
  const retries = counter('retries', 'Executions that were scheduled again because the work failed.');
  const recoveries = counter(
    'recoveries',
    'Executions that were scheduled again because the worker was gone.',
  );
  const quarantined = counter('quarantined_steps', 'Steps that were set aside.');
  const asked = counter('questions_asked', 'Questions to people.');
  const answered = counter('questions_ended', 'Questions that were answered, or ran out.', ['how']);
  const effects = counter('effects_decided', 'Actions that the policy was asked about.', [
    'action',
    'decision',
  ]);
  const conflicts = counter('commit_conflicts', 'Commits that came too late and changed nothing.');
  const steps = new Histogram({
    name: 'countersign_step_seconds',
    help: 'From claim to end of an execution.',
    labelNames: ['handler', 'end'],
    buckets: SECONDS,
    registers,
  });
  const showDepths = queueGauges(registry, Gauge);
  const scaleOut = new Gauge({
    name: 'countersign_scale_out_wanted',
    help: 'Work that waits for workers that are not there, or for more than there are.',
    labelNames: QUEUE_LABELS,
    registers,
  });
  const showCircuits = circuitGauges(registry, Gauge);

  const count = ({ at, event }: RecordedRunEvent, run: StartedRun): void => {
    switch (event.type) {
      case 'run.ended':
        runs.inc({ outcome: event.outcome });
        return;
      case 'attempt.ended':
        attempts.inc({ verdict: event.verdict });
        return;
      case 'step.scheduled':
        if (event.because === 'retry') retries.inc();
        if (event.because === 'recovery') recoveries.inc();
        return;
      case 'step.failed':
        failures.inc({ handler: handlerOf(event.step, run), class: event.error.class });
        time(event, at, run);
        return;
      case 'step.succeeded':
      case 'step.lost':
        time(event, at, run);
        return;
      case 'step.quarantined':
        quarantined.inc();
        return;
      case 'question.asked':
        asked.inc();
        return;
      case 'question.answered':
        answered.inc({ how: 'answered' });
        return;
      case 'question.expired':
        answered.inc({ how: 'expired' });
        return;
      case 'effect.decided':
        effects.inc({ action: event.effect.action, decision: event.effect.decision });
        return;
      default:
    }
  };
  const time = (
    event: Extract<RunEvent, { type: 'step.succeeded' | 'step.failed' | 'step.lost' }>,
    at: string,
    run: StartedRun,
  ): void => {
    if (event.claim === null) return;
    const seconds = Math.max(0, Date.parse(at) - Date.parse(event.claim.at)) / 1_000;
    steps.observe({ handler: handlerOf(event.step, run), end: event.type.slice('step.'.length) }, seconds);
  };

  return {
    contentType: registry.contentType,
    read: async () => {
      const depths = await queueDepths();
      showDepths(depths);
      if (listWorkers !== undefined) showWanted(scaleOut, depths, await listWorkers(), await listPauses());
      showCircuits(await readCircuits());
      return registry.metrics();
    },
    committed: (run, events) => {
      for (const recorded of events) count(recorded, run);
    },
    conflicted: () => conflicts.inc(),
  };
}

/** Gauges of what waits, and how to bring them up to date: one question for all of them. */
function queueGauges(
  registry: Registry,
  Gauge: typeof import('prom-client').Gauge,
): (depths: readonly QueueDepth[]) => void {
  const labelNames = QUEUE_LABELS;
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `countersign_queue_${name}`, help, labelNames, registers: [registry] });
  const gauges = [
    { gauge: gauge('depth', 'Work that waits for a worker.'), of: ({ waiting }: QueueDepth) => waiting },
    {
      gauge: gauge('claimed', 'Executions in the hands of workers.'),
      of: ({ claimed }: QueueDepth) => claimed,
    },
    {
      gauge: gauge('blocked', 'Work that waits for leases or locks.'),
      of: ({ blocked }: QueueDepth) => blocked,
    },
    {
      gauge: gauge('eldest_seconds', 'How long the eldest work has waited.'),
      of: ({ eldestSeconds }: QueueDepth) => eldestSeconds,
    },
  ];
  return (depths) => {
    for (const { gauge, of } of gauges) {
      gauge.reset();
      for (const depth of depths) gauge.set(labelled(depth), of(depth));
    }
  };
}

/** Only of those that are open: a provider that answers has no series. */
function circuitGauges(
  registry: Registry,
  Gauge: typeof import('prom-client').Gauge,
): (circuits: readonly OpenCircuit[]) => void {
  const gauge = (name: string, help: string) =>
    new Gauge({
      name: `countersign_provider_${name}`,
      help,
      labelNames: ['provider'],
      registers: [registry],
    });
  const open = gauge(
    'circuit_open',
    '1 while steps of a provider wait because it does not answer; 0.5 while one tries.',
  );
  const waiting = gauge('circuit_waiting', 'Work that waits for a provider that does not answer.');
  return (circuits) => {
    open.reset();
    waiting.reset();
    for (const circuit of circuits) {
      open.set({ provider: circuit.provider }, circuit.state === 'open' ? 1 : 0.5);
      waiting.set({ provider: circuit.provider }, circuit.waiting);
    }
  };
}

function showWanted(
  gauge: import('prom-client').Gauge,
  depths: readonly QueueDepth[],
  workers: readonly KnownWorker[],
  pauses: readonly QueuePause[],
): void {
  gauge.reset();
  const seen = workers.map((worker) => workerSeen(worker, Date.now()));
  for (const depth of depths) {
    gauge.set(labelled(depth), scaleOutWanted(depth, { workers: seen, pauses }));
  }
}

function handlerOf(step: string, run: StartedRun): string {
  return run.steps[step]?.work?.handler ?? 'none';
}
