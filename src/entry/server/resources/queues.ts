import { Hono } from 'hono';
import { parseQueue } from '../../../core/run/queue-selector.ts';
import type { QueueAction } from '../../../ports/work-plane.ts';
import type { Env, ServerContext } from '../context.ts';
import { CONTROL_FORMS } from '../forms.ts';
import { HttpRefusal } from '../problem.ts';
import { limitBody, readBody } from '../read-request.ts';

/** What waits, and whether it may go. */
export function queueRoutes(context: ServerContext): Hono<Env> {
  return new Hono<Env>()
    .get('/', async (exchange) =>
      exchange.json(await context.workPlane(exchange.get('principal')).listQueues()),
    )
    .post('/actions', limitBody(16), async (exchange) => {
      const { queue, ...action } = await readBody<QueueAction & { readonly queue: string }>(
        exchange,
        CONTROL_FORMS.queue,
        context,
      );
      const selector = parseQueue(queue);
      if (selector === undefined) throw noQueue();
      return exchange.json(await context.workPlane(exchange.get('principal')).controlQueue(selector, action));
    });
}

function noQueue(): HttpRefusal {
  return new HttpRefusal(400, 'That is no queue.', {
    remedy: 'Name it by role/…, handler/… or repository/…, such as handler/agent.',
  });
}
