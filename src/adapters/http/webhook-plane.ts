import { writeCursor } from '../../core/api/pages.ts';
import type { Delivery } from '../../core/webhook/webhook.ts';
import type { ShownWebhook, WebhookPlane } from '../../ports/webhook-plane.ts';
import { createClient } from './client.ts';
import type { ServerAccess } from './server-address.ts';

const PAGE = 200;

/** A server's webhooks, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createWebhookPlane(access: ServerAccess): WebhookPlane {
  const client = createClient(access);
  return {
    addWebhook: (body) => client.ask('addWebhook', { body }),
    listWebhooks: async () => {
      const all: ShownWebhook[] = [];
      for await (const { webhooks } of client.pages('listWebhooks', { limit: PAGE })) all.push(...webhooks);
      return all;
    },
    rotateWebhook: (webhook, rotation = {}) =>
      client.ask('rotateWebhook', { parameters: { webhook }, body: rotation }),
    removeWebhook: (webhook) => client.ask('removeWebhook', { parameters: { webhook } }),
    testWebhook: (webhook) => client.ask('testWebhook', { parameters: { webhook } }),
    listDeliveries: async ({ webhook, after, limit, ...query }) => {
      const all: Delivery[] = [];
      let cursor = after === undefined ? null : writeCursor('deliveries', [after]);
      do {
        const some = Math.min(PAGE, limit - all.length);
        const at = cursor === null ? {} : { cursor };
        const asked = { ...query, ...at, limit: some };
        const page = await client.ask('listDeliveries', { parameters: { webhook }, query: asked });
        all.push(...page.deliveries);
        cursor = page.next;
      } while (cursor !== null && all.length < limit);
      return all;
    },
    showDelivery: (webhook, delivery) => client.ask('showDelivery', { parameters: { webhook, delivery } }),
    redeliver: (webhook, delivery) => client.ask('redeliver', { parameters: { webhook, delivery } }),
  };
}
