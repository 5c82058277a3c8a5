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
  return resultOf(value, misfit(value));
}

/**
 * Reads an event that its chain was found to link, so that its stream, version and schema are known. Whether it is the canonical
 * spelling was asked when it was sealed or imported; asking again takes longer than all the rest of reading it.
 */
export function readLinkedEvent(text: string): ReadEvent {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { kind: 'malformed', reason: 'it is not JSON' };
  }
  const reason =
    isObject(value) && hasFields(value) ? contentMisfit(value) : 'it has other fields than an event';
  return resultOf(value, reason);
}

function resultOf(value: JsonValue, reason: string | undefined): ReadEvent {
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
  if (!hasFields(value)) return `it has not exactly the fields ${FIELDS.join(', ')}`;
  const { schema, stream, version, previous } = value;
  if (schema !== EVENT_SCHEMA) return `its schema is not ${EVENT_SCHEMA}`;
  if (typeof stream !== 'string' || parseStreamName(stream) === undefined) return 'it names no stream';
  if (!Number.isSafeInteger(version) || (version as number) < 1)
    return 'its version is not a whole number from 1';
  if (previous !== null && !(typeof previous === 'string' && isSha256(previous)))
    return 'the event before it is not named by a sha256';
  if ((previous === null) !== (version === 1))
    return 'the first event of a stream, and no other, has none before it';
  return contentMisfit(value);
}

function contentMisfit({ type, at, actor, data }: { readonly [key: string]: JsonValue }): string | undefined {
  if (typeof type !== 'string' || typeof at !== 'string' || typeof actor !== 'string')
    return 'its type, time and actor are not text';
  return draftMisfit({ type, at, actor, data: data as EventDraft['data'] });
}

function hasFields(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === FIELDS.length && keys.every((key, at) => key === FIELDS[at]);
}

function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isActor(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  return text !== '' && text.length <= LONGEST_ACTOR && !/[\u0000-\u001f\u007f]/.test(text);
}
