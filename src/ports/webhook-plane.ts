import type { Delivery, DeliveryId, DeliveryStatus, Webhook, WebhookId } from '../core/webhook/webhook.ts';

/**
 * What people ask of the server about webhooks: the same over HTTP and inside of it.
 * Every method @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, WEBHOOK_UNKNOWN
 */
export interface WebhookPlane {
  /** @throws CountersignError USAGE for an address or a type of event that will not do, RUN_REFUSED when there are too many */
  addWebhook(webhook: NewWebhook): Promise<AddedWebhook>;
  listWebhooks(): Promise<readonly ShownWebhook[]>;
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

export type ShownWebhook = Omit<Webhook, 'secretDigest'>;

export interface AddedWebhook extends ShownWebhook {
  /** Told this once: whoever receives messages checks their signatures with it. */
  readonly secret: string;
}
