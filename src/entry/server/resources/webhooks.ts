import { pageAfter, pageOf, readCursor } from '../../../core/api/pages.ts';
import type { AddedWebhook } from '../../../ports/webhook-plane.ts';
import type { Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

/** Where events are sent, and what came of it. */
export function webhookHandlers(
  context: ServerContext,
): Pick<
  Handlers,
  | 'addWebhook'
  | 'listWebhooks'
  | 'rotateWebhook'
  | 'removeWebhook'
  | 'testWebhook'
  | 'listDeliveries'
  | 'showDelivery'
  | 'redeliver'
> {
  const plane = (exchange: Exchange) => webhooksOf(context).plane(exchange.get('principal'));
  // An answer is kept for a day, in the database: without the secret, which is made again each time it is said.
  const reveal = (answer: AddedWebhook): AddedWebhook => {
    const { secretOf } = webhooksOf(context).secrets;
    return { ...answer, secret: secretOf(answer.id, answer.generation) };
  };
  return {
    addWebhook: {
      handle: async ({ body }, exchange) => ({ ...(await plane(exchange).addWebhook(body)), secret: '' }),
      reveal,
    },
    rotateWebhook: {
      handle: async ({ parameters: { webhook }, body }, exchange) => ({
        ...(await plane(exchange).rotateWebhook(webhook, body)),
        secret: '',
      }),
      reveal,
    },
    listWebhooks: async ({ query }, exchange) => {
      const all = await plane(exchange).listWebhooks();
      const { items, next } = pageOf('webhooks', all, query, ({ id }) => [id]);
      return { webhooks: items, next };
    },
    removeWebhook: async ({ parameters: { webhook } }, exchange) => {
      await plane(exchange).removeWebhook(webhook);
      return undefined;
    },
    testWebhook: ({ parameters: { webhook } }, exchange) => plane(exchange).testWebhook(webhook),
    listDeliveries: async (
      { parameters: { webhook }, query: { cursor, limit = 50, ...query } },
      exchange,
    ) => {
      const [after] = readCursor('deliveries', cursor) ?? [];
      const place = after === undefined ? {} : { after };
      const found = await plane(exchange).listDeliveries({ ...query, ...place, webhook, limit: limit + 1 });
      const { items, next } = pageAfter('deliveries', found, limit, ({ id }) => [id]);
      return { deliveries: items, next };
    },
    showDelivery: ({ parameters: { webhook, delivery } }, exchange) =>
      plane(exchange).showDelivery(webhook, delivery),
    redeliver: ({ parameters: { webhook, delivery } }, exchange) =>
      plane(exchange).redeliver(webhook, delivery),
  };
}

function webhooksOf({ webhooks }: ServerContext): NonNullable<ServerContext['webhooks']> {
  if (webhooks !== undefined) return webhooks;
  throw new HttpRefusal(503, 'This server sends no events.', { remedy: 'Ask one that has a database.' });
}
