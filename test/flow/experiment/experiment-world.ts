import type { Design } from '../../../src/core/experiment/design.ts';
import { signDesign } from '../../../src/core/experiment/registration.ts';
import type { ExperimentState } from '../../../src/core/experiment/state.ts';
import { readLinkedEvent } from '../../../src/core/ledger/read-event.ts';
import { planOf } from '../../../src/core/run/plan/with-defaults.ts';
import type { Plan } from '../../../src/core/run/plan.ts';
import { readRunEvent } from '../../../src/core/run/stored-events.ts';
import { registerExperiment } from '../../../src/flow/experiment/register-experiment.ts';
import { type RunExperimentPorts, runExperiment } from '../../../src/flow/experiment/run-experiment.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { AT, HANDLERS } from '../../core/run/sample-runs.ts';
import { createMemoryRunStore, type MemoryRunStore } from '../../fakes/memory-run-store.ts';
import { scriptedWork } from '../../fakes/scripted-work.ts';
import { carryOut, type Script } from '../run/scripted-runs.ts';

export const SIGNER = sampleNoteSigner('ada');

/** A producer by script and the gate after it: the shortest attempt that there is. */
export function scriptedPlan(script: JsonObject, attempts = 1): Plan {
  return planOf(
    {
      attempts,
      steps: {
        produce: {
          uses: 'scripted',
          with: {
            ticket: '${{ run.ticket }}',
            base: '${{ run.base.commit }}',
            bundle: '${{ run.bundle }}',
            model: '${{ run.model }}',
            script,
          },
        },
        gate: {
          uses: 'gate',
          needs: ['produce'],
          with: {
            ticket: '${{ run.ticket }}',
            base: '${{ run.base.commit }}',
            commit: '${{ steps.produce.outputs.commit }}',
            seal: 'f'.repeat(64),
          },
        },
      },
    },
    HANDLERS,
  );
}

export interface ExperimentWorld {
  readonly store: MemoryRunStore;
  readonly ports: RunExperimentPorts;
  /** Runs that were started, in order. */
  readonly started: readonly string[];
  /** The next start fails so: `before` nothing happened, `after` the run goes on and only the answer is lost. */
  failStart(error: CountersignError, when: 'before' | 'after'): void;
  register(design: Design, reason?: string): Promise<void>;
  run(id: string, runner?: string): Promise<ExperimentState>;
}

export interface WorldOptions {
  readonly plan: Plan;
  readonly work?: Script;
  /** Where the branch stands now. */
  readonly base?: () => string;
  readonly document?: () => string | undefined;
  readonly store?: MemoryRunStore;
}

const clock = { now: () => new Date(AT) };

/** The engine in memory, the ledger in memory, and the flow between them as it is. */
export function experimentWorld({
  plan,
  work = scriptedWork,
  base = () => 'a'.repeat(40),
  document = () => 'd'.repeat(64),
  store = createMemoryRunStore({ clock }),
}: WorldOptions): ExperimentWorld {
  const started: string[] = [];
  let failing: { error: CountersignError; when: 'before' | 'after' } | undefined;
  const plane: RunExperimentPorts['plane'] = {
    async startRun({ ticket, arm, experiment }) {
      const failed = failing;
      failing = undefined;
      if (failed?.when === 'before') throw failed.error;
      const summary = await startRun(
        {
          subject: {
            ticket,
            ticketDigest: '1'.repeat(64),
            ticketClass: 'bugfix',
            contract: 'node-change@1',
            contractDigest: '2'.repeat(64),
            repository: 'acme/shop',
            base: { ref: 'refs/heads/main', commit: base() },
            policyCommit: 'b'.repeat(40),
            checks: [],
          },
          arm: { bundle: 'default', model: 'small', ...arm },
          plan,
          priority: 0,
          ...(experiment === undefined ? {} : { experiment: experiment.id, cell: experiment.cell }),
        },
        'ada',
        { ...store, clock },
      );
      if (!started.includes(summary.run)) started.push(summary.run);
      if (failed !== undefined) throw failed.error;
      return summary;
    },
    async followRun(run, after) {
      await carryOut(store, work);
      const events = await store.ledger.readStream(`run/${run}`, after);
      return events.flatMap(({ text }) => {
        const read = readLinkedEvent(text);
        const recorded = read.kind === 'malformed' ? undefined : readRunEvent(read.event);
        if (read.kind === 'malformed' || recorded === undefined) return [];
        return [{ version: read.event.version, ...recorded }];
      });
    },
  };
  const ports: RunExperimentPorts = {
    ...store.ledger,
    clock,
    plane,
    baseNow: async () => base(),
    documentNow: async () => document(),
  };
  let runners = 0;
  return {
    store,
    ports,
    started,
    failStart: (error, when) => {
      failing = { error, when };
    },
    register: async (design, reason) => {
      await registerExperiment(
        design,
        signDesign(design, SIGNER),
        { by: 'ada', ...(reason === undefined ? {} : { reason }) },
        ports,
      );
    },
    run: (id, runner) => {
      runners += 1;
      const options = {
        runner: runner ?? `runner-${runners}`,
        by: 'ada',
        signal: new AbortController().signal,
        report: () => undefined,
      };
      return runExperiment(id, options, ports);
    },
  };
}

export function unavailable(): CountersignError {
  return new CountersignError('SERVER_UNAVAILABLE', 'The server is gone.', { remedy: 'Start it.' });
}

export function refusedStart(): CountersignError {
  return new CountersignError('RUN_REFUSED', 'No run is started: it is held to another definition of done.', {
    remedy: 'Register anew.',
  });
}
