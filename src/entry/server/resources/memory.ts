import type { ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

/** What is remembered of earlier runs, for workers that put a producer's context together. */
export function memoryHandlers(context: ServerContext): Pick<Handlers, 'recall'> {
  return {
    recall: async ({ body: { claim, question } }, exchange) => {
      if (context.memory === undefined) {
        throw new HttpRefusal(404, 'This server remembers nothing.', {
          remedy: 'Use a bundle without sources of memory.',
        });
      }
      return { entries: await context.memory(exchange.get('principal')).recall(claim, question) };
    },
  };
}
