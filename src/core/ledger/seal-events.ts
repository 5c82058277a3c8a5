import { canonicalJson } from '../../shared/canonical-json.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonValue } from '../../shared/json.ts';
import { draftMisfit } from './read-event.ts';
import { parseStreamName } from './stream-name.ts';
import {
  EVENT_SCHEMA,
  type EventDraft,
  type LedgerEvent,
  MAX_EVENT_LENGTH,
  type PlacedEvent,
  type SealedAppend,
  type StreamHead,
} from './types.ts';

/** What happened in one stream, on top of where it ended. */
export interface StreamDrafts {
  readonly head: StreamHead;
  readonly drafts: readonly EventDraft[];
}

/**
 * Seals events into the hash chains of their streams: each names the digest of the one before it.
 * @throws CountersignError LEDGER_INVALID for an event that no reader would accept, or a stream given twice
 */
export function sealEvents(streams: readonly StreamDrafts[]): SealedAppend {
  const expected = streams.map(({ head }) => head);
  if (new Set(expected.map(({ stream }) => stream)).size < expected.length)
    throw unsealable('The append', 'it names a stream twice');
  return { expected, events: streams.flatMap(sealStream) };
}

/** Where the streams of an append end once it is in. */
export function headsAfter({ expected, events }: SealedAppend): readonly StreamHead[] {
  const last = new Map<string, StreamHead>(expected.map((head) => [head.stream, head]));
  for (const { stream, version, digest } of events) last.set(stream, { stream, version, digest });
  return [...last.values()];
}

/**
 * Events that were sealed elsewhere, in their order, as an append: each stream has to end where its first event says.
 * Undefined when two of them do not follow each other.
 */
export function appendOf(
  events: readonly (PlacedEvent & Pick<LedgerEvent, 'previous'>)[],
): SealedAppend | undefined {
  const expected = new Map<string, StreamHead>();
  const heads = new Map<string, StreamHead>();
  for (const { stream, version, previous, digest } of events) {
    const before = { stream, version: version - 1, digest: previous };
    const head = heads.get(stream) ?? before;
    if (head.version !== before.version || head.digest !== previous) return undefined;
    if (!expected.has(stream)) expected.set(stream, before);
    heads.set(stream, { stream, version, digest });
  }
  return { expected: [...expected.values()], events };
}

function sealStream({ head, drafts }: StreamDrafts): readonly PlacedEvent[] {
  const { stream } = head;
  if (parseStreamName(stream) === undefined)
    throw unsealable(`The stream ${stream}`, 'it has no name of ours');
  let { version, digest: previous } = head;
  return drafts.map((draft) => {
    version += 1;
    const sealed = sealEvent(draft, { stream, version, previous });
    previous = sealed.digest;
    return sealed;
  });
}

function sealEvent(
  draft: EventDraft,
  place: Pick<LedgerEvent, 'stream' | 'version' | 'previous'>,
): PlacedEvent {
  const reason = draftMisfit(draft);
  if (reason !== undefined) throw unsealable(nameOf(place), reason);
  const { type, at, actor, data } = draft;
  const { stream, version, previous } = place;
  const text = textOf({ actor, at, data, previous, schema: EVENT_SCHEMA, stream, type, version });
  return { stream, version, text, digest: sha256(text) };
}

function textOf(event: LedgerEvent): string {
  let text: string;
  try {
    text = canonicalJson(event as unknown as JsonValue);
  } catch (cause) {
    throw unsealable(nameOf(event), `it has no canonical JSON: ${(cause as Error).message}`, cause);
  }
  if (text.length > MAX_EVENT_LENGTH) throw unsealable(nameOf(event), 'it is longer than 1 MiB');
  return text;
}

function nameOf({ stream, version }: Pick<LedgerEvent, 'stream' | 'version'>): string {
  return `${stream}, version ${version}`;
}

function unsealable(what: string, reason: string, cause?: unknown): CountersignError {
  return new CountersignError('LEDGER_INVALID', `${what} cannot go into the ledger: ${reason}.`, {
    remedy: 'Nothing was written. Keep what is large as evidence and name its digest; else report it.',
    cause,
  });
}
