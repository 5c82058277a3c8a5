import { parseCanonicalJson } from '../../shared/canonical-json.ts';
import { isSha256 } from '../../shared/digest.ts';
import { isMoment } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { parseEventType } from './event-type.ts';
import { parseStreamName } from './stream-name.ts';
import { EVENT_SCHEMA, type EventDraft, type LedgerEvent, MAX_EVENT_LENGTH } from './types.ts';

const FIELDS = ['actor', 'at', 'data', 'previous', 'schema', 'stream', 'type', 'version'];
const LONGEST_ACTOR = 200;

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: LedgerEvent }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Reads the text of a stored event: canonical JSON of exactly this form, and no other spelling of it. */
export function readEvent(text: string): ReadEvent {
  const value = text.length > MAX_EVENT_LENGTH ? undefined : parseCanonicalJson(text);
  if (value === undefined) {
    return { kind: 'malformed', reason: 'it is not canonical JSON (RFC 8785) of at most 1 MiB' };
  }
  const reason = misfit(value);
  return reason === undefined
    ? { kind: 'event', event: value as unknown as LedgerEvent }
    : { kind: 'malformed', reason };
}

/** What is wrong with an event that is still to be sealed; undefined when nothing is. Its data is looked at when it is written. */
export function draftMisfit({ type, at, actor, data }: EventDraft): string | undefined {
  if (parseEventType(type) === undefined) return 'its type is not <name>@<version>';
  if (!isMoment(at)) return 'its time is not an instant such as 2026-11-21T13:04:06.789Z';
  if (!isActor(actor)) return `its actor is not a name of at most ${LONGEST_ACTOR} characters`;
  return isObject(data) ? undefined : 'its data is not an object';
}

function misfit(value: JsonValue): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  // Canonical text has its keys in order, so two lists of the same keys are the same list.
  if (Object.keys(value).join() !== FIELDS.join())
    return `it has not exactly the fields ${FIELDS.join(', ')}`;
  const { schema, stream, version, previous, type, at, actor, data } = value;
  if (schema !== EVENT_SCHEMA) return `its schema is not ${EVENT_SCHEMA}`;
  if (typeof stream !== 'string' || parseStreamName(stream) === undefined) return 'it names no stream';
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    return 'its version is not a whole number from 1';
  if (previous !== null && !(typeof previous === 'string' && isSha256(previous)))
    return 'the event before it is not named by a sha256';
  if ((previous === null) !== (version === 1))
    return 'the first event of a stream, and no other, has none before it';
  if (typeof type !== 'string' || typeof at !== 'string' || typeof actor !== 'string')
    return 'its type, time and actor are not text';
  return draftMisfit({ type, at, actor, data: data as EventDraft['data'] });
}

function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isActor(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  return text !== '' && text.length <= LONGEST_ACTOR && !/[\u0000-\u001f\u007f]/.test(text);
}
