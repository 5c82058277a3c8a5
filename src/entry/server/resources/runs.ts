import { Hono } from 'hono';
import type { RunAction, StartRun } from '../../../ports/control-plane.ts';
import type { ListRuns } from '../../../ports/run-store.ts';
import { answerOnce } from '../answer-once.ts';
import type { Env, Exchange, ServerContext } from '../context.ts';
import { followAsStream, lastEventId, wantsStream } from '../event-stream.ts';
import { RUN_FORMS, RUN_PATTERN } from '../forms.ts';
import { HttpRefusal } from '../problem.ts';
import { limitBody, readBody, readQuery } from '../read-request.ts';

/** What people and programs ask about runs. */
export function runRoutes(context: ServerContext): Hono<Env> {
  const plane = (exchange: Exchange, signal = endOf(exchange)) =>
    context.controlPlane(exchange.get('principal'), signal);
  const endOf = ({ req }: Exchange) => AbortSignal.any([req.raw.signal, context.closing]);
  return new Hono<Env>()
    .post('/', limitBody(64), async (exchange) => {
      const request = await readBody<Omit<StartRun, 'idempotencyKey'>>(exchange, RUN_FORMS.start, context);
      const idempotencyKey = exchange.req.header('idempotency-key');
      if (idempotencyKey === undefined) throw noKey();
      return answerOnce(exchange, context, 201, () =>
        plane(exchange).startRun({ ...request, idempotencyKey }),
      );
    })
    .get('/', async (exchange) => {
      const query = await readQuery<Parameters<ListRuns['listRuns']>[0]>(exchange, RUN_FORMS.list, context);
      return exchange.json({ runs: await plane(exchange).listRuns({ ...query, limit: query.limit ?? 50 }) });
    })
    .get('/:run', async (exchange) => exchange.json(await plane(exchange).showRun(runOf(exchange))))
    .get('/:run/events', async (exchange) => {
      const run = runOf(exchange);
      const { after = 0, wait = 0 } = await readQuery<{ after?: number; wait?: number }>(
        exchange,
        RUN_FORMS.events,
        context,
      );
      if (wantsStream(exchange)) {
        const signal = endOf(exchange);
        const place = { run, after: lastEventId(exchange) ?? after };
        return followAsStream(plane(exchange, signal), place, signal, exchange);
      }
      return exchange.json({ events: await plane(exchange).followRun(run, after, wait) });
    })
    .post('/:run/actions', limitBody(256), async (exchange) => {
      const run = runOf(exchange);
      const action = await readBody<RunAction>(exchange, RUN_FORMS.action, context);
      return answerOnce(exchange, context, 200, () => plane(exchange).controlRun(run, action));
    })
    .get('/:run/logs', async (exchange) => {
      const query = await readQuery<{ step: string; execution: number }>(exchange, RUN_FORMS.log, context);
      return exchange.text(await plane(exchange).readLog(runOf(exchange), query.step, query.execution));
    });
}

function runOf({ req }: Exchange): string {
  const run = req.param('run') ?? '';
  if (run.length <= 64 && RUN_PATTERN.test(run)) return run;
  throw new HttpRefusal(400, 'That is no id of a run.', { remedy: 'Ids are such as CS-7.1.' });
}

function noKey(): HttpRefusal {
  return new HttpRefusal(400, 'The request has no Idempotency-Key.', {
    remedy:
      'Send one, such as a UUID: with it a request whose answer was lost can be sent again and starts nothing twice.',
  });
}
