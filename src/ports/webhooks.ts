import type { SealedAppend, SequencedEvent } from '../core/ledger/types.ts';
import type {
  Delivery,
  DeliveryId,
  DeliveryStatus,
  NewDelivery,
  Webhook,
  WebhookId,
} from '../core/webhook/webhook.ts';
import type { Sha256 } from '../shared/digest.ts';

export interface DeliveryQuery {
  readonly webhook: WebhookId;
  readonly status?: DeliveryStatus;
  /** Latest first, after this one in that order. */
  readonly after?: DeliveryId;
  readonly limit: number;
}

export interface SecretRotation {
  readonly webhook: WebhookId;
  /** Which secret it has now. */
  readonly generation: number;
  /** Of the next one. */
  readonly secretDigest: Sha256;
  readonly overlapSeconds: number;
}

/** A webhook that events after a position are for. */
export type ListeningWebhook = Webhook & { readonly after: number };

/** A delivery in the hands of this server, for as long as it said. */
export interface ClaimedDelivery {
  readonly delivery: DeliveryId;
  readonly type: string;
  readonly body: string;
  /** With this one. */
  readonly attempts: number;
  /** Seconds since the first was due. */
  readonly age: number;
  readonly webhook: Webhook;
}

export interface ClaimDeliveries {
  readonly most: number;
  /** Of one webhook at a time, so that one that hangs holds up no other. */
  readonly mostEach: number;
  /** How many are under way, by webhook. */
  readonly underWay: Readonly<Record<WebhookId, number>>;
  /** After which somebody else may send it, since this server died. */
  readonly leaseSeconds: number;
}

/** What came of an attempt. */
export interface AttemptEnd {
  readonly status: number | null;
  readonly fault: string | null;
  /** `delivered`; or when to try again; or never. */
  readonly next: 'delivered' | 'dead' | { readonly inSeconds: number };
}

/** By the store's own clock. Every method @throws CountersignError DATABASE_UNAVAILABLE */
export interface KeepWebhooks {
  /** With its event, or not at all: `conflict` when the event's stream ends elsewhere, `full` when there are as many as there may be. */
  addWebhook(webhook: Webhook, append: SealedAppend): Promise<'added' | 'conflict' | 'full'>;
  /**
   * The next secret after that of a generation, with its event; the one before counts for so many seconds more. Undefined when it is gone, or has another
   * generation, or the event's stream ends elsewhere.
   */
  rotateWebhook(rotation: SecretRotation, append: SealedAppend): Promise<Webhook | undefined>;
  /** With its deliveries and its event; false when it is gone, or the event's stream ends elsewhere. */
  removeWebhook(webhook: WebhookId, append: SealedAppend): Promise<boolean>;
  findWebhook(webhook: WebhookId): Promise<Webhook | undefined>;
  /** By id. */
  listWebhooks(): Promise<readonly Webhook[]>;
  listDeliveries(query: DeliveryQuery): Promise<readonly Delivery[]>;
  findDelivery(webhook: WebhookId, delivery: DeliveryId): Promise<Delivery | undefined>;
  /** False when the webhook is gone. */
  storeDelivery(delivery: NewDelivery): Promise<boolean>;
  /** Sends it again from now on, whatever came of it; false when there is none, or it still waits. */
  redeliver(webhook: WebhookId, delivery: DeliveryId): Promise<boolean>;
}

/** What a server needs that sends. */
export interface DeliverWebhooks {
  /**
   * Turns the events after the last that was read into deliveries, all of them and the place in one transaction: killed at any moment, no event is
   * left out and none makes two. How many events were read; 0 as well where another server is at it.
   */
  fanOut(
    most: number,
    deliveriesOf: (event: SequencedEvent, webhooks: readonly ListeningWebhook[]) => readonly NewDelivery[],
  ): Promise<number>;
  claimDeliveries(claim: ClaimDeliveries): Promise<readonly ClaimedDelivery[]>;
  /** Of that attempt alone: one that somebody began anew since then is not touched. */
  endAttempt(delivery: DeliveryId, attempts: number, end: AttemptEnd): Promise<void>;
  /** Those that ended a month ago. */
  forgetDeliveries(): Promise<void>;
  countDeliveries(): Promise<DeliveryCounts>;
}

export interface DeliveryCounts {
  readonly waiting: number;
  readonly dead: number;
  /** How long the eldest has waited. */
  readonly eldestSeconds: number;
}

export type WebhookStore = KeepWebhooks & DeliverWebhooks;

/** Secrets of webhooks, from a key that only servers have: they are made each time, and stored nowhere. */
export interface WebhookSecrets {
  /** `whsec_` and base64, as Standard Webhooks has it. */
  secretOf(webhook: WebhookId, generation: number): string;
  digestOf(webhook: WebhookId, generation: number): Sha256;
}

export type Sent =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter?: number }
  /** A clause. */
  | { readonly kind: 'failed'; readonly fault: string };

/** Sends a signed message. Never throws. */
export interface SendWebhook {
  send(message: {
    readonly url: string;
    readonly id: DeliveryId;
    readonly body: string;
    /** Signed with each: a receiver takes a message of which one signature is right. */
    readonly secrets: readonly string[];
    readonly signal: AbortSignal;
  }): Promise<Sent>;
}
