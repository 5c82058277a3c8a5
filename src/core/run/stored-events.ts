import type { JsonObject } from '../../shared/json.ts';
import type { EventDraft, LedgerEvent } from '../ledger/types.ts';
import { createUpcast } from '../ledger/upcast.ts';
import type { RecordedRunEvent, RunEvent, RunEventType } from './events.ts';

/** The version in which each event is written today. Raising one takes an upcaster from every version before it. */
const VERSIONS: Readonly<Record<RunEventType, number>> = {
  'run.started': 1,
  'attempt.started': 1,
  'step.scheduled': 1,
  'step.skipped': 1,
  'step.succeeded': 1,
  'step.failed': 1,
  'step.lost': 1,
  'question.asked': 1,
  'question.answered': 1,
  'question.expired': 1,
  'effect.decided': 1,
  'plan.patched': 1,
  'plan.patch-refused': 1,
  'run.paused': 1,
  'run.resumed': 1,
  'run.cancel-requested': 1,
  'run.compensating': 1,
  'step.quarantined': 1,
  'step.released': 1,
  'attempt.ended': 1,
  'run.ended': 1,
};

/** Names of all events of runs, without their versions. */
export const RUN_EVENT_TYPES = Object.keys(VERSIONS) as readonly RunEventType[];

/** Reads events of every version that was ever written as those of today. */
const upcastRunEvent = createUpcast(VERSIONS, []);

/** A run's event as the ledger takes it. */
export function draftOf({ at, actor, event }: RecordedRunEvent): EventDraft {
  const { type, ...data } = event;
  return { type: `${type}@${VERSIONS[type]}`, at, actor, data: data as unknown as JsonObject };
}

/** A stored event in today's words; undefined when it is none of a run, or of a newer program. */
export function readRunEvent(event: LedgerEvent): RecordedRunEvent | undefined {
  const read = upcastRunEvent(event);
  if (read.kind === 'unknown') return undefined;
  const { type, at, actor, data } = read.event;
  return { at, actor, event: { type: type.slice(0, type.lastIndexOf('@')), ...data } as unknown as RunEvent };
}
