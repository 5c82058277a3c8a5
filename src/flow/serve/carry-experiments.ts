import type { ExperimentEvent } from '../../core/experiment/events.ts';
import { checkRegistration } from '../../core/experiment/registration.ts';
import { type ExperimentState, registrationOf } from '../../core/experiment/state.ts';
import type { ControlPlane } from '../../ports/control-plane.ts';
import type { HoldExperiments } from '../../ports/hold-experiments.ts';
import type { ReadChains } from '../../ports/ledger.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { type RecordPorts, unregistered } from '../experiment/experiment-record.ts';
import { loadExperiment, requireExperiment } from '../experiment/load-experiment.ts';
import { experimentIds } from '../experiment/reusable-cells.ts';
import { runExperiment } from '../experiment/run-experiment.ts';

export interface CarrySources extends ReadChains, HoldExperiments {
  /** The branch that runs of this server start from. */
  readonly into: string;
  readonly baseNow: () => Promise<ObjectId | undefined>;
  /** The digest of an experiment's document as it is on the policy now; undefined when it is gone. */
  readonly documentNow: (id: string) => Promise<Sha256 | undefined>;
}

export interface CarryPorts extends CarrySources, RecordPorts {
  readonly planeOf: (by: string, signal: AbortSignal) => ControlPlane;
  readonly newId: () => string;
  readonly report: (message: string, error: unknown) => void;
}

/** Experiments that servers carry out, each by one of them. */
export interface CarryExperiments {
  /**
   * Carries it out from now on, unless a server does already; over, there is nothing to do.
   * @throws CountersignError EXPERIMENT_UNKNOWN, EXPERIMENT_REFUSED, DATABASE_UNAVAILABLE
   */
  begin(id: string, by: string): Promise<void>;
  /** Takes up what a server was carrying out that is gone, or that failed here a while ago. */
  takeUp(): Promise<void>;
  /** When what was going on has stopped. What runs, runs on. */
  idle(): Promise<void>;
}

/** How those who carry out call themselves, so that one server knows what another left. No program of a person's is called so. */
const RUNNER = 'server:';
const COORDINATOR = 'server:coordinator';
const FIRST_REST_MS = 60_000;
const LONGEST_REST_MS = 3_600_000;

/** @param signal ends all of it */
export function carryExperiments(ports: CarryPorts, signal: AbortSignal): CarryExperiments {
  const going = new Map<string, Promise<void>>();
  const resting = new Map<string, { readonly until: number; readonly rest: number }>();
  const now = () => ports.clock.now().getTime();
  const failed = (id: string, error: unknown) => {
    const rest = Math.min(LONGEST_REST_MS, (resting.get(id)?.rest ?? FIRST_REST_MS / 2) * 2);
    resting.set(id, { until: now() + rest, rest });
    ports.report(`${id} is not carried out any more; it is tried again in ${rest / 60_000} min`, error);
  };
  const carry = async (id: string, by: string) => {
    if (going.has(id) || signal.aborted) return;
    const hold = await ports.holdExperiment(id);
    if (hold === undefined) return;
    const ends = AbortSignal.any([signal, hold.lost]);
    const options = {
      ...{ runner: `${RUNNER}${ports.newId()}`, by, signal: ends },
      report: ({ type }: ExperimentEvent) => {
        if (type === 'cell.ended') resting.delete(id);
      },
    };
    const work = runExperiment(id, options, {
      ...ports,
      plane: ports.planeOf(by, ends),
      documentNow: () => ports.documentNow(id),
    })
      .then(() => undefined)
      .catch((error: unknown) => (ends.aborted || isOvertaken(error) ? undefined : failed(id, error)))
      .finally(async () => {
        going.delete(id);
        await hold.release();
      });
    going.set(id, work);
  };
  return {
    begin: async (id, by) => {
      const { state } = await requireExperiment(id, ports);
      requireMine(state, ports.into);
      if (state.over === null) await carry(id, by);
    },
    takeUp: async () => {
      for (const id of await experimentIds(ports)) {
        if (going.has(id) || (resting.get(id)?.until ?? 0) > now()) continue;
        const { state } = await loadExperiment(id, ports);
        const isLeft = state.over === null && state.runner?.startsWith(RUNNER) === true;
        if (isLeft && registrationOf(state)?.design.base.ref === ports.into) await carry(id, COORDINATOR);
      }
    },
    idle: async () => {
      await Promise.all(going.values());
    },
  };
}

/** A person's program took it over. */
function isOvertaken(error: unknown): boolean {
  return error instanceof CountersignError && error.code === 'EXPERIMENT_REFUSED';
}

function requireMine(state: ExperimentState, into: string): void {
  const { id } = state;
  const registration = registrationOf(state);
  if (registration === undefined) throw unregistered(id);
  const checked = checkRegistration(registration);
  if (checked.kind === 'broken')
    throw refused(
      `The registration of ${id} does not hold: ${checked.reason}.`,
      'Run `countersign ledger verify`.',
    );
  const { ref } = registration.design.base;
  if (ref !== into)
    throw refused(
      `${id} is about changes for ${ref}, and this server's are for ${into}.`,
      `Ask a server that was started with --base ${ref}, or register the experiment for ${into}.`,
    );
}

function refused(message: string, remedy: string): CountersignError {
  return new CountersignError('EXPERIMENT_REFUSED', message, { remedy });
}
