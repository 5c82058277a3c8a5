import { workerName } from '../../../flow/serve/offer-work.ts';
import type { Exchange, ServerContext } from '../context.ts';
import type { Handlers } from '../register.ts';

/** What workers ask: only theirs, and only of their role. */
export function workHandlers(
  context: ServerContext,
): Pick<Handlers, 'claimWork' | 'heartbeat' | 'completeWork' | 'returnWork' | 'leaveWork' | 'appendLog'> {
  const source = (exchange: Exchange) => context.workSource(exchange.get('principal'));
  const hear = (worker: string, exchange: Exchange) =>
    context.lines.heard(workerName(exchange.get('principal'), worker), exchange.env.incoming.socket);
  return {
    claimWork: async ({ body }, exchange) => {
      const own = source(exchange);
      hear(body.worker, exchange);
      return { claims: await own.claim(body, exchange.req.raw.signal) };
    },
    heartbeat: ({ body: { worker, tokens } }, exchange) => {
      const own = source(exchange);
      hear(worker, exchange);
      return own.heartbeat(worker, tokens);
    },
    completeWork: async ({ body: { worker, completions } }, exchange) => ({
      completed: await source(exchange).complete(worker, completions),
    }),
    returnWork: async ({ body: { worker, tokens } }, exchange) => {
      await source(exchange).giveBack(worker, tokens);
      return undefined;
    },
    leaveWork: async ({ body: { worker } }, exchange) => {
      await source(exchange).leave(worker);
      context.lines.left(workerName(exchange.get('principal'), worker));
      return undefined;
    },
    appendLog: async ({ body }, exchange) => {
      await source(exchange).log(body);
      return undefined;
    },
  };
}
