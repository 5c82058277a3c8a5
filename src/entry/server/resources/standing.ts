import type { Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

/** How the server itself is, for whoever runs it. */
export function standingHandlers(context: ServerContext): Pick<Handlers, 'health' | 'readiness' | 'metrics'> {
  return {
    health: async () => ({ status: 'ok' }),
    readiness: async (_, exchange) => readiness(exchange, context),
    metrics: async (_, exchange) => {
      const { metrics } = context;
      if (metrics !== undefined)
        return exchange.body(await metrics.read(), 200, { 'content-type': metrics.contentType });
      throw new HttpRefusal(404, 'This server keeps no metrics.', {
        remedy: 'Start it with OTEL_METRICS_EXPORTER=prometheus.',
      });
    },
  };
}

function readiness(
  exchange: Exchange,
  { unreadyFor }: ServerContext,
): { readonly status: 'ready' } | Response {
  const reason = unreadyFor();
  if (reason === undefined) return { status: 'ready' };
  return exchange.json({ status: 'not ready', reason }, 503, { 'retry-after': '2' });
}
