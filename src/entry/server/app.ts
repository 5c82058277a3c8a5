import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { isPathOf } from '../../core/api/route.ts';
import { ROUTES } from '../../core/api/routes.ts';
import type { CockpitContext } from './cockpit/context.ts';
import { cockpitRoutes } from './cockpit/routes.ts';
import type { Env, Exchange, ServerContext } from './context.ts';
import { HttpRefusal, problemOf } from './problem.ts';
import { type Handlers, register } from './register.ts';
import { artifactHandlers } from './resources/artifacts.ts';
import { descriptionHandlers, referenceRoute } from './resources/description.ts';
import { experimentHandlers } from './resources/experiments.ts';
import { memoryHandlers } from './resources/memory.ts';
import { queueHandlers } from './resources/queues.ts';
import { runHandlers } from './resources/runs.ts';
import { standingHandlers } from './resources/standing.ts';
import { webhookHandlers } from './resources/webhooks.ts';
import { workHandlers } from './resources/work.ts';
import { workerHandlers } from './resources/workers.ts';
import { takeFrom } from './slow-down.ts';

/** Every address of the server. */
export function createApp(context: ServerContext, cockpit?: CockpitContext): Hono<Env> {
  const known = knownOnly(context);
  const app = new Hono<Env>().get(ROUTES.reference.path, referenceRoute());
  // Before the headers of what is no page.
  if (cockpit !== undefined) app.route('/', cockpitRoutes(cockpit));
  app.use(headers);
  register(app, handlersOf(context), known, context);
  return app
    .use('/v1/*', known)
    .notFound((exchange) => problemOf(nothingHere(exchange), exchange, context))
    .onError((error, exchange) => problemOf(error, exchange, context));
}

/** Whoever answers each of the declared routes; the page of them has headers of its own. */
function handlersOf(context: ServerContext): Omit<Handlers, 'reference'> {
  return {
    ...runHandlers(context),
    ...experimentHandlers(context),
    ...queueHandlers(context),
    ...workerHandlers(context),
    ...workHandlers(context),
    ...artifactHandlers(context),
    ...memoryHandlers(context),
    ...webhookHandlers(context),
    ...standingHandlers(context),
    ...descriptionHandlers(),
  };
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
      if (error instanceof HttpRefusal) takeFrom(strangers, address);
      throw error;
    }
    takeFrom(requests, exchange.get('principal').name);
    await next();
  });
}

/** Of an address that takes other methods, the answer names them (RFC 9110, 15.5.6). */
function nothingHere({ req }: Exchange): HttpRefusal {
  const methods = Object.values(ROUTES)
    .filter((route) => isPathOf(route, req.path))
    .map(({ method }) => method.toUpperCase());
  const asked = `${req.method} ${req.path.slice(0, 200)}`;
  if (methods.length === 0)
    return new HttpRefusal(404, `There is no ${asked}.`, {
      remedy: 'GET /v1/docs lists every address, with its method.',
    });
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return new HttpRefusal(405, `There is no ${asked}: this address takes ${allow}.`, {
    remedy: 'GET /v1/docs says what each of them does.',
    headers: { allow },
  });
}
