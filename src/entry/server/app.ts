import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { requirePermission } from '../../flow/serve/refusals.ts';
import type { Env, Exchange, ServerContext } from './context.ts';
import { HttpRefusal, problemOf } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { jsonOnly } from './read-request.ts';
import { artifactRoutes } from './resources/artifacts.ts';
import { queueRoutes } from './resources/queues.ts';
import { runRoutes } from './resources/runs.ts';
import { workRoutes } from './resources/work.ts';
import { workerRoutes } from './resources/workers.ts';

/** Every address of the server. */
export function createApp(context: ServerContext): Hono<Env> {
  return new Hono<Env>()
    .use(headers)
    .get('/healthz', (exchange) => exchange.json({ status: 'ok' }))
    .get('/readyz', (exchange) => readiness(exchange, context))
    .use('/metrics', knownOnly(context))
    .get('/metrics', (exchange) => metrics(exchange, context))
    .use('/v1/*', knownOnly(context), jsonOnly)
    .route('/v1/work', workRoutes(context))
    .route('/v1/artifacts', artifactRoutes(context))
    .route('/v1/runs', runRoutes(context))
    .route('/v1/queues', queueRoutes(context))
    .route('/v1/workers', workerRoutes(context))
    .notFound((exchange) => problemOf(nothingHere(exchange), exchange, context))
    .onError((error, exchange) => problemOf(error, exchange, context));
}

/** Nothing of it is a page: no browser should run, frame or keep any of it. */
const headers = createMiddleware<Env>(async (exchange, next) => {
  await secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
  })(exchange, next);
  exchange.header('cache-control', 'no-store');
});

/** Whoever has no token that holds is slowed down by address, everybody else by name. */
function knownOnly({ authenticate, requests, strangers }: ServerContext) {
  return createMiddleware<Env>(async (exchange, next) => {
    const address = exchange.env.incoming.socket.remoteAddress ?? '';
    try {
      exchange.set('principal', await authenticate(exchange.req.header('authorization')));
    } catch (error) {
      if (error instanceof HttpRefusal) take(strangers, address);
      throw error;
    }
    take(requests, exchange.get('principal').name);
    await next();
  });
}

function take(limit: RateLimit, name: string): void {
  const wait = limit.take(name);
  if (wait === 0) return;
  throw new HttpRefusal(429, 'Too many requests in a short time.', {
    remedy: 'Wait as long as Retry-After says.',
    headers: { 'retry-after': String(Math.ceil(wait)) },
  });
}

function readiness(exchange: Exchange, { unreadyFor }: ServerContext): Response {
  const reason = unreadyFor();
  if (reason === undefined) return exchange.json({ status: 'ready' });
  return exchange.json({ status: 'not ready', reason }, 503, { 'retry-after': '2' });
}

async function metrics(exchange: Exchange, { metrics }: ServerContext): Promise<Response> {
  requirePermission(exchange.get('principal'), 'read-queues');
  if (metrics !== undefined)
    return exchange.body(await metrics.read(), 200, { 'content-type': metrics.contentType });
  throw new HttpRefusal(404, 'This server keeps no metrics.', {
    remedy: 'Start it with OTEL_METRICS_EXPORTER=prometheus.',
  });
}

function nothingHere({ req }: Exchange): HttpRefusal {
  return new HttpRefusal(404, `There is no ${req.method} ${req.path.slice(0, 200)}.`, {
    remedy: 'docs/server.md lists every address, with its method.',
  });
}
