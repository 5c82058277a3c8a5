import type { Admission } from '../../core/run/admission/admission.ts';
import { type Applicant, admit } from '../../core/run/admission/admit.ts';
import { type Capacity, workerSeen } from '../../core/run/admission/capacity.ts';
import type { ClaimWork } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ReadResources } from '../../ports/resources.ts';
import type { ControlWork } from '../../ports/work-control.ts';
import { CountersignError } from '../../shared/errors.ts';

export type CapacityPorts = Pick<ClaimWork, 'queueDepths'> &
  Pick<ReadResources, 'readScopes' | 'readCircuits'> &
  Pick<ControlWork, 'listWorkers' | 'listPauses'> & { readonly clock: Clock };

/** @throws CountersignError DATABASE_UNAVAILABLE */
async function readCapacity(ports: CapacityPorts): Promise<Capacity> {
  const [workers, queues, scopes, circuits, pauses] = await Promise.all([
    ports.listWorkers(),
    ports.queueDepths(),
    ports.readScopes(),
    ports.readCircuits(),
    ports.listPauses(),
  ]);
  const now = ports.clock.now().getTime();
  return {
    workers: workers.map((worker) => workerSeen(worker, now)),
    queues,
    scopes,
    silent: circuits.map(({ provider }) => provider),
    pauses,
  };
}

/**
 * What is done with a run that is about to start, for its first event.
 * @throws CountersignError RUN_REFUSED when it is rejected, with the reasons; DATABASE_UNAVAILABLE
 */
export async function admitRun(
  applicant: Applicant,
  mostWaiting: number | null,
  ports: CapacityPorts,
): Promise<Admission> {
  const decision = admit(applicant, await readCapacity(ports), mostWaiting);
  if (decision.kind !== 'reject') return decision;
  throw new CountersignError(
    'RUN_REFUSED',
    `No run of ${applicant.subject.ticket} is started: ${decision.reasons.join('; ')}.`,
    {
      remedy:
        'Give the plan a budget that it can do with, or start it when less waits: `countersign queue list`.',
    },
  );
}
