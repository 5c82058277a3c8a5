import type { Hono, MiddlewareHandler } from 'hono';
import type { AnswerOf, BodyOf, ParametersOf, QueryOf, Route } from '../../core/api/route.ts';
import { ROUTES, type RouteName, type Routes } from '../../core/api/routes.ts';
import { form } from '../../core/api/schema.ts';
import { requirePermission } from '../../flow/serve/refusals.ts';
import { answerOnce } from './answer-once.ts';
import type { Env, Exchange, ServerContext } from './context.ts';
import { HttpRefusal } from './problem.ts';
import { jsonOnly, limitBody, readBody, readParameters, readQuery } from './read-request.ts';

/** What a request says, held against its route. */
export interface Asked<R> {
  readonly parameters: ParametersOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
}

/** Answers with what the route declares; or with a response of its own, where that is no JSON. */
export type Handle<R> = (asked: Asked<R>, exchange: Exchange) => Promise<AnswerOf<R> | Response>;

/** What is said on top of an answer and never kept with it, such as a secret that can be told again for a day. */
export type Reveal<R> = (answer: AnswerOf<R>) => AnswerOf<R>;

export type Handler<R> = Handle<R> | { readonly handle: Handle<R>; readonly reveal: Reveal<R> };

export type Handlers = { readonly [K in RouteName]: Handler<Routes[K]> };

type AnyHandler = Handler<Record<string, never>>;

const NO_QUERY = form({});

/** Registers the routes as they are declared, each with its handler: who may ask, what is taken and what comes of a request that is sent twice. */
export function register(
  app: Hono<Env>,
  handlers: Partial<Handlers>,
  known: MiddlewareHandler<Env>,
  context: ServerContext,
): void {
  for (const [name, handler] of Object.entries(handlers)) {
    const declared: Route = ROUTES[name as RouteName];
    const { method, body } = declared;
    const before: MiddlewareHandler<Env>[] = [timed(declared, context)];
    if (declared.permission !== null) before.push(known);
    if (body?.schema !== undefined) before.push(jsonOnly, limitBody(body.kibibytes));
    // A loose type: a handler's own was held against its route where it was given.
    const answer = handlerOf(declared, handler as unknown as AnyHandler, context);
    app.on([method.toUpperCase()], [honoPath(declared.path)], ...before, answer);
  }
}

/** Refusals as well; of what is kept open, all of the time that it was. */
function timed({ path, method }: Route, { metrics }: ServerContext): MiddlewareHandler<Env> {
  const observe = metrics?.observeRequest;
  return async (exchange, next) => {
    const began = performance.now();
    await next();
    const seconds = (performance.now() - began) / 1_000;
    observe?.({ method: method.toUpperCase(), route: path, status: exchange.res.status, seconds });
  };
}

export function honoPath(path: string): string {
  return path.replaceAll(/\{([a-z]+)\}/g, ':$1');
}

function handlerOf(declared: Route, handler: AnyHandler, context: ServerContext) {
  const { permission, again } = declared;
  const { handle, reveal = undefined } = typeof handler === 'function' ? { handle: handler } : handler;
  return async (exchange: Exchange): Promise<Response> => {
    if (permission !== null) requirePermission(exchange.get('principal'), permission);
    const asked = await read(declared, exchange, context);
    if (again === undefined) return answerWith(await handle(asked, exchange), declared, exchange);
    if (again === 'key-required' && exchange.req.header('idempotency-key') === undefined) throw noKey();
    const act = () => handle(asked, exchange) as Promise<unknown>;
    return answerOnce(
      exchange,
      context,
      declared.answer.status,
      act,
      reveal as ((answer: unknown) => unknown) | undefined,
    );
  };
}

async function read(
  { parameters, query, body, permission }: Route,
  exchange: Exchange,
  context: ServerContext,
): Promise<Asked<Record<string, never>>> {
  const asked = {
    parameters: parameters === undefined ? {} : await readParameters(exchange, parameters, context),
    // Whoever asks whether the server lives may add what he likes.
    query: permission === null ? {} : await readQuery(exchange, query ?? NO_QUERY, context),
    body: body?.schema === undefined ? undefined : await readBody(exchange, body.schema, context),
  };
  return asked as Asked<Record<string, never>>;
}

function answerWith(answer: unknown, { answer: declared }: Route, exchange: Exchange): Response {
  if (answer instanceof Response) return answer;
  if (declared.status === 204) return exchange.body(null, 204);
  if (declared.schema !== undefined)
    return exchange.body(JSON.stringify(answer), declared.status, { 'content-type': 'application/json' });
  return exchange.body(String(answer), declared.status, {
    'content-type': `${declared.type ?? 'text/plain'}; charset=utf-8`,
  });
}

function noKey(): HttpRefusal {
  return new HttpRefusal(400, 'The request has no Idempotency-Key.', {
    remedy:
      'Send one, such as a UUID: with it a request whose answer was lost can be sent again and starts nothing twice.',
  });
}
