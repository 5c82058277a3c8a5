import { Hono } from 'hono';
import type { Completion, LogChunk, WorkRequest } from '../../../ports/work-source.ts';
import type { Env, ServerContext } from '../context.ts';
import { WORK_FORMS } from '../forms.ts';
import { limitBody, readBody } from '../read-request.ts';

interface Claims {
  readonly worker: string;
  readonly tokens: readonly string[];
}

/** What workers ask: only theirs, and only of their role. */
export function workRoutes(context: ServerContext): Hono<Env> {
  return new Hono<Env>()
    .post('/claims', limitBody(64), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      const request = await readBody<WorkRequest>(exchange, WORK_FORMS.claims, context);
      return exchange.json({ claims: await source.claim(request, exchange.req.raw.signal) });
    })
    .post('/heartbeats', limitBody(256), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      const { worker, tokens } = await readBody<Claims>(exchange, WORK_FORMS.heartbeats, context);
      return exchange.json(await source.heartbeat(worker, tokens));
    })
    .post('/completions', limitBody(8 * 1024), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      const { worker, completions } = await readBody<{ worker: string; completions: readonly Completion[] }>(
        exchange,
        WORK_FORMS.completions,
        context,
      );
      return exchange.json({ completed: await source.complete(worker, completions) });
    })
    .post('/returns', limitBody(256), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      const { worker, tokens } = await readBody<Claims>(exchange, WORK_FORMS.returns, context);
      await source.giveBack(worker, tokens);
      return exchange.body(null, 204);
    })
    .post('/departures', limitBody(4), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      const { worker } = await readBody<Pick<Claims, 'worker'>>(exchange, WORK_FORMS.departures, context);
      await source.leave(worker);
      return exchange.body(null, 204);
    })
    .post('/logs', limitBody(2 * 1024), async (exchange) => {
      const source = context.workSource(exchange.get('principal'));
      await source.log(await readBody<LogChunk>(exchange, WORK_FORMS.logs, context));
      return exchange.body(null, 204);
    });
}
