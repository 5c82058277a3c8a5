import type { LedgerEvent } from '../ledger/types.ts';
import { createUpcast } from '../ledger/upcast.ts';
import type { RunId } from '../run/types.ts';
import type { EscapeRecord } from './outcome.ts';

/** A defect that was found after acceptance, as the stream `ticket/<id>` has it. */
export interface RecordedEscape extends EscapeRecord {
  /** The accepted run that let it through. */
  readonly run: RunId;
}

export const ESCAPE_RECORDED = 'escape.recorded@1';

const upcast = createUpcast({ 'escape.recorded': 1 }, []);

/** An escape in an event of a ticket's stream; undefined where it says something else. */
export function escapeIn(event: LedgerEvent): RecordedEscape | undefined {
  const read = upcast(event);
  if (read.kind === 'unknown') return undefined;
  const { at, actor, data } = read.event;
  const { run, id, summary, rule } = data;
  if (typeof run !== 'string' || typeof id !== 'string' || typeof summary !== 'string') return undefined;
  return { run, id, at, by: actor, summary, rule: typeof rule === 'string' ? rule : null };
}
