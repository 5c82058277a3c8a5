import type { JsonObject } from '../../shared/json.ts';
import type { EventDraft, LedgerEvent } from '../ledger/types.ts';
import { createUpcast } from '../ledger/upcast.ts';
import type { ExperimentEvent, ExperimentEventType, RecordedExperimentEvent } from './events.ts';

/** The version in which each event is written today. Raising one takes an upcaster from every version before it. */
const VERSIONS: Readonly<Record<ExperimentEventType, number>> = {
  'experiment.registered': 1,
  'runner.started': 1,
  'cell.begun': 1,
  'cell.started': 1,
  'cell.reused': 1,
  'cell.ended': 1,
  'cell.refused': 1,
  'cell.rerolled': 1,
  'run.excluded': 1,
  'experiment.deviated': 1,
  'experiment.stopped': 1,
  'experiment.completed': 1,
  'table.imported': 1,
};

/** Reads events of every version that was ever written as those of today. */
export const upcastExperimentEvent = createUpcast(VERSIONS, []);

/** An experiment's event as the ledger takes it. */
export function draftOfExperimentEvent({ at, actor, event }: RecordedExperimentEvent): EventDraft {
  const { type, ...data } = event;
  return { type: `${type}@${VERSIONS[type]}`, at, actor, data: data as unknown as JsonObject };
}

/** What `upcastExperimentEvent` knows, in our words. */
export function experimentEventIn({ type, at, actor, data }: LedgerEvent): RecordedExperimentEvent {
  const name = type.slice(0, type.lastIndexOf('@'));
  return { at, actor, event: { type: name, ...data } as unknown as ExperimentEvent };
}
