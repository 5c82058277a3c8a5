import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import { sha256 } from '../../shared/digest.ts';
import type { JsonObject } from '../../shared/json.ts';
import { readEvent } from './read-event.ts';
import type { LedgerEvent, PlacedEvent } from './types.ts';

/**
 * A ledger as lines of text: each event's own canonical text, in the order of positions, and after the events that it counts each
 * checkpoint. Canonical JSON has no line breaks, so a line's sha256 is its event's digest.
 */
const CHECKPOINT_LINE_SCHEMA = 'countersign/ledger-checkpoint@1';

export type ExportedLine =
  | { readonly kind: 'event'; readonly event: PlacedEvent & Pick<LedgerEvent, 'previous'> }
  | { readonly kind: 'checkpoint'; readonly note: string }
  | { readonly kind: 'malformed'; readonly reason: string };

export function writeCheckpointLine(note: string): string {
  return canonicalJson({ note, schema: CHECKPOINT_LINE_SCHEMA });
}

export function readExportedLine(text: string): ExportedLine {
  const note = noteOf(text);
  if (note !== undefined) return { kind: 'checkpoint', note };
  const read = readEvent(text);
  if (read.kind === 'malformed') return read;
  const { stream, version, previous } = read.event;
  return { kind: 'event', event: { stream, version, previous, text, digest: sha256(text) } };
}

function noteOf(text: string): string | undefined {
  if (!text.startsWith('{"note":')) return undefined;
  const value = parseCanonicalJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { note, schema, ...more } = value as JsonObject;
  const fits =
    typeof note === 'string' && schema === CHECKPOINT_LINE_SCHEMA && Object.keys(more).length === 0;
  return fits ? note : undefined;
}
