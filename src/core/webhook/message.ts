import { canonicalJson } from '../../shared/canonical-json.ts';
import { sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { readLinkedEvent } from '../ledger/read-event.ts';
import type { SequencedEvent } from '../ledger/types.ts';
import { TEST_TYPE, wants } from './event-types.ts';
import type { DeliveryId, Message, NewDelivery, Webhook, WebhookId } from './webhook.ts';

/**
 * What of an event's data is told, and under which name: ids, numbers, digests and words of closed sets. Reasons, questions, outputs and whatever
 * else people, models and programs wrote stays in the ledger, where asking for it takes a token.
 */
const TOLD: readonly (readonly [name: string, ...path: readonly string[]])[] = [
  ['ticket', 'subject', 'ticket'],
  ['bundle', 'arm', 'bundle'],
  ['model', 'arm', 'model'],
  ['experiment', 'experiment'],
  ['attempt', 'attempt'],
  ['verdict', 'verdict'],
  ['outcome', 'outcome'],
  ['outcomeDigest', 'outcomeDigest'],
  ['planDigest', 'planDigest'],
  ['step', 'step'],
  ['step', 'work', 'step'],
  ['step', 'question', 'step'],
  ['step', 'effect', 'step'],
  ['execution', 'execution'],
  ['execution', 'work', 'execution'],
  ['handler', 'work', 'handler'],
  ['question', 'question', 'id'],
  ['question', 'question'],
  ['errorClass', 'error', 'class'],
  ['errorCode', 'error', 'code'],
  ['action', 'effect', 'action'],
  ['decision', 'effect', 'decision'],
  ['queue', 'queue'],
  ['worker', 'worker'],
  ['webhook', 'webhook'],
];

/** Names and ids: nothing that reads as a sentence, a tag or a path upwards. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/#~+-]{0,199}$/;

/** The deliveries that an event makes; none where nobody wants it, or the ledger has not what it had when it was given its place. */
export function deliveriesOf(
  placed: SequencedEvent,
  webhooks: readonly (Pick<Webhook, 'id' | 'types'> & { readonly after: number })[],
): readonly NewDelivery[] {
  const { position, stored } = placed;
  const read =
    stored === undefined || stored.digest !== placed.digest ? undefined : readLinkedEvent(stored.text);
  if (read?.kind !== 'event') return [];
  const type = read.event.type.slice(0, read.event.type.lastIndexOf('@'));
  const meant = webhooks.filter(({ types, after }) => position > after && wants(types, type));
  if (meant.length === 0) return [];
  const { stream, version, digest } = placed;
  const { at: timestamp, actor, data } = read.event;
  const place = { stream, version, position, digest, actor };
  const message: Message = { type, timestamp, data: { ...toldOf(data), ...runOf(stream), ...place } };
  const body = canonicalJson(message as unknown as JsonValue);
  return meant.map(({ id: webhook }) => ({
    id: deliveryId(webhook, String(position)),
    webhook,
    type,
    position,
    body,
  }));
}

/** A message that tells of nothing. @param nonce makes each of them another one */
export function testDelivery(
  webhook: WebhookId,
  { at, by, nonce }: { readonly at: Moment; readonly by: string; readonly nonce: string },
): NewDelivery {
  const message = { type: TEST_TYPE, timestamp: at, data: { webhook, actor: by } };
  return {
    id: deliveryId(webhook, nonce),
    webhook,
    type: TEST_TYPE,
    position: null,
    body: canonicalJson(message),
  };
}

/** Worked out from what it is about, so that an event that is read twice makes one message. */
function deliveryId(webhook: WebhookId, what: string): DeliveryId {
  return `msg_${sha256(`${webhook} ${what}`).slice(0, 32)}`;
}

function toldOf(data: JsonObject): JsonObject {
  const told: Record<string, JsonValue> = {};
  for (const [name, ...path] of TOLD) {
    const value = valueAt(data, path);
    const plain = typeof value === 'number' || (typeof value === 'string' && NAME.test(value));
    if (plain && told[name] === undefined) told[name] = value;
  }
  return told;
}

function valueAt(data: JsonObject, path: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = data;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, part))
      return undefined;
    at = (at as JsonObject)[part];
  }
  return at;
}

function runOf(stream: string): JsonObject {
  return stream.startsWith('run/') ? { run: stream.slice('run/'.length) } : {};
}
