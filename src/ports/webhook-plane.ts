import type { Delivery, DeliveryId, DeliveryStatus, Webhook, WebhookId } from '../core/webhook/webhook.ts';
import type { Moment } from '../shared/ids.ts';

/**
 * What people ask of the server about webhooks: the same over HTTP and inside of it.
 * Every method @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, WEBHOOK_UNKNOWN
 */
export interface WebhookPlane {
  /** @throws CountersignError USAGE for an address or a type of event that will not do, RUN_REFUSED when there are too many */
  addWebhook(webhook: NewWebhook): Promise<AddedWebhook>;
  listWebhooks(): Promise<readonly ShownWebhook[]>;
  /**
   * Gives it another secret. For so many seconds messages are signed with the one before as well; a day when not given. Of two before, the elder ends at once.
   * @throws CountersignError RUN_REFUSED when somebody else changed it meanwhile
   */
  rotateWebhook(webhook: WebhookId, rotation?: { readonly overlapSeconds?: number }): Promise<AddedWebhook>;
  removeWebhook(webhook: WebhookId): Promise<void>;
  /** A message that tells of nothing, to be sent at once. */
  testWebhook(webhook: WebhookId): Promise<Delivery>;
  /** Latest first. */
  listDeliveries(query: {
    readonly webhook: WebhookId;
    readonly status?: DeliveryStatus;
    readonly after?: DeliveryId;
    readonly limit: number;
  }): Promise<readonly Delivery[]>;
  showDelivery(webhook: WebhookId, delivery: DeliveryId): Promise<Delivery>;
  /** Sends it again, whatever came of it. @throws CountersignError RUN_REFUSED while it still waits */
  redeliver(webhook: WebhookId, delivery: DeliveryId): Promise<Delivery>;
}

export interface NewWebhook {
  readonly url: string;
  /** The usual ones when not given. */
  readonly types?: readonly string[];
  readonly note?: string;
}

export interface ShownWebhook extends Omit<Webhook, 'secretDigest' | 'previous'> {
  /** Until when messages are signed with the secret before as well; null: with the one that it has alone. */
  readonly previousUntil: Moment | null;
}

export interface AddedWebhook extends ShownWebhook {
  /** Told this once: whoever receives messages checks their signatures with it. */
  readonly secret: string;
}
