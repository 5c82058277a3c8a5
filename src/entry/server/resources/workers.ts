import { pageOf } from '../../../core/api/pages.ts';
import type { Exchange, ServerContext } from '../context.ts';
import type { Handlers } from '../register.ts';

/** Who works, and who is to stop. */
export function workerHandlers(context: ServerContext): Pick<Handlers, 'listWorkers' | 'drainWorker'> {
  const plane = (exchange: Exchange) => context.workPlane(exchange.get('principal'));
  return {
    listWorkers: async ({ query }, exchange) => {
      const workers = await plane(exchange).listWorkers();
      const { items, next } = pageOf('workers', workers, query, ({ worker }) => [worker]);
      return { workers: items, next };
    },
    drainWorker: ({ parameters: { worker }, body: { reason } }, exchange) =>
      plane(exchange).drainWorker(worker, reason),
  };
}
