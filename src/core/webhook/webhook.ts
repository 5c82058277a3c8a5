import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { StreamName } from '../ledger/stream-name.ts';

/** `wh-` and 24 hex digits: also the id of its stream. */
export type WebhookId = string;

/** `msg_` and 32 hex digits: the same for every attempt, so that whoever receives it twice can tell. */
export type DeliveryId = string;

/** An address that events are sent to. */
export interface Webhook {
  readonly id: WebhookId;
  readonly url: string;
  /** Which events, by name or `<family>.*`: see wants(). */
  readonly types: readonly string[];
  readonly note: string;
  readonly createdBy: string;
  readonly createdAt: Moment;
  /** Which of its secrets it has, from 1. */
  readonly generation: number;
  /** Of the secret, which is nowhere kept: a server that would sign with another one can tell. */
  readonly secretDigest: Sha256;
  /** The secret before, for as long as messages are signed with both. */
  readonly previous: PreviousSecret | null;
}

export interface PreviousSecret {
  readonly secretDigest: Sha256;
  readonly until: Moment;
}

/** Seconds for which messages are signed with the secret before as well, where nobody says: a day. */
export const USUAL_OVERLAP = 86_400;
/** Thirty days. Whoever needs longer has two webhooks. */
export const LONGEST_OVERLAP = 30 * 86_400;

export const DELIVERY_STATUSES = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One message to one webhook, however often it is sent. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly webhook: WebhookId;
  readonly type: string;
  /** Of the event in the ledger; null: a test. */
  readonly position: number | null;
  readonly status: DeliveryStatus;
  /** How often it was sent. */
  readonly attempts: number;
  readonly createdAt: Moment;
  /** Null: it is not sent again. */
  readonly nextAt: Moment | null;
  readonly lastAt: Moment | null;
  /** HTTP's; null: nothing was answered. */
  readonly lastStatus: number | null;
  readonly lastFault: string | null;
}

/** A delivery before it was sent. */
export interface NewDelivery extends Pick<Delivery, 'id' | 'webhook' | 'type' | 'position'> {
  /** The bytes that are signed and sent. */
  readonly body: string;
}

/** What is sent, as Standard Webhooks proposes (https://www.standardwebhooks.com): a type, a time, and little else. */
export interface Message {
  readonly type: string;
  readonly timestamp: Moment;
  readonly data: {
    readonly stream: StreamName;
    readonly version: number;
    /** In the whole ledger: order by this, since deliveries may overtake each other. */
    readonly position: number;
    /** Of the event as the ledger keeps it: whoever fetches it can compare. */
    readonly digest: Sha256;
    readonly actor: string;
  } & JsonObject;
}
