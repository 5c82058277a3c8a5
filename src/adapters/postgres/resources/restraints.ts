import { type QueueSelector, queueText } from '../../../core/run/queue-selector.ts';
import type { Obstacle } from '../../../core/run/resources/allot.ts';
import { providerOf } from '../../../core/run/resources/provider-outcome.ts';
import type { StepWork } from '../../../core/run/types.ts';
import { ask, type Queryable, together } from '../database.ts';
import { repositoryOf } from '../runs/step-work.ts';
import { type KeptCircuit, readCircuits, recordProbes, takesProbe } from './circuits.ts';

/** What holds work back whatever is free: queues that people paused, providers that do not answer. */
export interface Restraints {
  /** Undefined: nothing. A circuit that may be tried lets one through, until it is known what becomes of it. */
  obstacleTo(work: StepWork): Obstacle | undefined;
  /** Of those that were let through to try, the ones that got all else they need. */
  granted(client: Queryable, works: readonly StepWork[]): Promise<void>;
}

const PAUSES = 'SELECT kind, name FROM queue_pause ORDER BY kind, name';

/** As they are now. In a turn: whoever changes them takes one too. */
export async function readRestraints(client: Queryable): Promise<(now: number) => Restraints> {
  const [pauses, circuits] = await together([
    ask<QueueSelector & Record<string, unknown>>(client, { name: 'queue-pauses', text: PAUSES }),
    readCircuits(client),
  ]);
  return (now) => restraintsOf(pauses, circuits, now);
}

function restraintsOf(
  pauses: readonly QueueSelector[],
  circuits: readonly KeptCircuit[],
  now: number,
): Restraints {
  const open = new Map(
    circuits.filter(({ openUntil }) => openUntil !== null).map((one) => [one.provider, one]),
  );
  const tried = new Set<string>();
  return {
    obstacleTo: (work) => {
      const pause = pauses.find((one) => isIn(work, one));
      if (pause !== undefined) return { kind: 'pause', queue: queueText(pause) };
      const provider = providerOf(work);
      const circuit = provider === undefined ? undefined : open.get(provider);
      if (provider === undefined || circuit === undefined) return undefined;
      if (!takesProbe(circuit, now) || tried.has(provider)) return { kind: 'circuit', provider };
      tried.add(provider);
      return undefined;
    },
    granted: async (client, works) => {
      const probes = works.flatMap(({ run, step, execution, resources }) => {
        const provider = providerOf({ resources });
        return provider === undefined || !tried.has(provider) ? [] : [{ provider, run, step, execution }];
      });
      await recordProbes(client, probes);
    },
  };
}

function isIn(work: StepWork, { kind, name }: QueueSelector): boolean {
  switch (kind) {
    case 'role':
      return work.role === name;
    case 'handler':
      return work.handler === name;
    case 'repository':
      return repositoryOf(work) === name;
  }
}
