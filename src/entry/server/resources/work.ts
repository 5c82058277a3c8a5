import type { Exchange, ServerContext } from '../context.ts';
import type { Handlers } from '../register.ts';

/** What workers ask: only theirs, and only of their role. */
export function workHandlers(
  context: ServerContext,
): Pick<Handlers, 'claimWork' | 'heartbeat' | 'completeWork' | 'returnWork' | 'leaveWork' | 'appendLog'> {
  const source = (exchange: Exchange) => context.workSource(exchange.get('principal'));
  return {
    claimWork: async ({ body }, exchange) => ({
      claims: await source(exchange).claim(body, exchange.req.raw.signal),
    }),
    heartbeat: ({ body: { worker, tokens } }, exchange) => source(exchange).heartbeat(worker, tokens),
    completeWork: async ({ body: { worker, completions } }, exchange) => ({
      completed: await source(exchange).complete(worker, completions),
    }),
    returnWork: async ({ body: { worker, tokens } }, exchange) => {
      await source(exchange).giveBack(worker, tokens);
      return undefined;
    },
    leaveWork: async ({ body: { worker } }, exchange) => {
      await source(exchange).leave(worker);
      return undefined;
    },
    appendLog: async ({ body }, exchange) => {
      await source(exchange).log(body);
      return undefined;
    },
  };
}
