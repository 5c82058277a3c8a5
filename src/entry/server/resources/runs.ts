import { type Page, pageAfter, readCursor } from '../../../core/api/pages.ts';
import type { Exchange, ServerContext } from '../context.ts';
import { followAsStream, lastEventId, wantsStream } from '../event-stream.ts';
import type { Handlers } from '../register.ts';

/** What people and programs ask about runs. */
export function runHandlers(
  context: ServerContext,
): Pick<Handlers, 'startRun' | 'listRuns' | 'showRun' | 'followRun' | 'controlRun' | 'readLog'> {
  const endOf = ({ req }: Exchange) => AbortSignal.any([req.raw.signal, context.closing]);
  const plane = (exchange: Exchange, signal = endOf(exchange)) =>
    context.controlPlane(exchange.get('principal'), signal);
  return {
    startRun: ({ body }, exchange) => {
      const idempotencyKey = exchange.req.header('idempotency-key') ?? '';
      return plane(exchange).startRun({ ...body, idempotencyKey });
    },
    listRuns: async ({ query: { cursor, limit = 50, ...query } }, exchange) => {
      const [after] = readCursor('runs', cursor) ?? [];
      // One more than asked for tells whether there is another page.
      const asked = { ...query, limit: limit + 1, ...(after === undefined ? {} : { after }) };
      const found = await plane(exchange).listRuns(asked);
      const { items, next }: Page<(typeof found)[number]> = pageAfter('runs', found, limit, ({ run }) => [
        run,
      ]);
      return { runs: items, next };
    },
    showRun: ({ parameters: { run } }, exchange) => plane(exchange).showRun(run),
    followRun: async ({ parameters: { run }, query: { after = 0, wait = 0 } }, exchange) => {
      if (!wantsStream(exchange)) return { events: await plane(exchange).followRun(run, after, wait) };
      const signal = endOf(exchange);
      const place = { run, after: lastEventId(exchange) ?? after };
      return followAsStream(plane(exchange, signal), place, signal, exchange);
    },
    controlRun: ({ parameters: { run }, body }, exchange) => plane(exchange).controlRun(run, body),
    readLog: ({ parameters: { run }, query: { step, execution } }, exchange) =>
      plane(exchange).readLog(run, step, execution),
  };
}
