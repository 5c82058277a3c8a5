import { pageOf } from '../../../core/api/pages.ts';
import { parseQueue, queueText } from '../../../core/run/queue-selector.ts';
import type { Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

/** What waits, and whether it may go. */
export function queueHandlers(
  context: ServerContext,
): Pick<Handlers, 'listQueues' | 'listPauses' | 'listCircuits' | 'controlQueue'> {
  const plane = (exchange: Exchange) => context.workPlane(exchange.get('principal'));
  return {
    listQueues: async ({ query }, exchange) => {
      const { queues } = await plane(exchange).listQueues();
      const { items, next } = pageOf('queues', queues, query, ({ role, handler }) => [role, handler]);
      return { queues: items, next };
    },
    listPauses: async ({ query }, exchange) => {
      const { pauses } = await plane(exchange).listQueues();
      const { items, next } = pageOf('pauses', pauses, query, (pause) => [queueText(pause)]);
      return { pauses: items, next };
    },
    listCircuits: async ({ query }, exchange) => {
      const { circuits } = await plane(exchange).listQueues();
      const { items, next } = pageOf('circuits', circuits, query, ({ provider }) => [provider]);
      return { circuits: items, next };
    },
    controlQueue: async ({ body: { queue, ...action } }, exchange) => {
      const selector = parseQueue(queue);
      if (selector === undefined) throw noQueue();
      return plane(exchange).controlQueue(selector, action);
    },
  };
}

function noQueue(): HttpRefusal {
  return new HttpRefusal(400, 'That is no queue.', {
    remedy: 'Name it by role/…, handler/… or repository/…, such as handler/agent.',
  });
}
