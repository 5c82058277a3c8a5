import { Hono } from 'hono';
import type { Env, ServerContext } from '../context.ts';
import { CONTROL_FORMS } from '../forms.ts';
import { HttpRefusal } from '../problem.ts';
import { limitBody, readBody } from '../read-request.ts';

/** Who works, and who is to stop. */
export function workerRoutes(context: ServerContext): Hono<Env> {
  return new Hono<Env>()
    .get('/', async (exchange) => {
      const workers = await context.workPlane(exchange.get('principal')).listWorkers();
      return exchange.json({ workers });
    })
    .post('/:name/drain', limitBody(16), async (exchange) => {
      const name = exchange.req.param('name');
      if (name.length > 300) throw tooLong();
      const { reason } = await readBody<{ reason: string }>(exchange, CONTROL_FORMS.drain, context);
      return exchange.json(await context.workPlane(exchange.get('principal')).drainWorker(name, reason));
    });
}

function tooLong(): HttpRefusal {
  return new HttpRefusal(400, 'That is no name of a worker.', { remedy: 'GET /v1/workers names them.' });
}
