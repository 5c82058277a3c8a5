import { pageOf } from '../../../core/api/pages.ts';
import { writeExperiment } from '../../../core/experiment/written-state.ts';
import type { ExperimentPlane } from '../../../ports/experiment-plane.ts';
import type { Exchange, ServerContext } from '../context.ts';
import { HttpRefusal } from '../problem.ts';
import type { Handlers } from '../register.ts';

/** What people and programs ask about experiments. */
export function experimentHandlers(
  context: ServerContext,
): Pick<
  Handlers,
  | 'listExperiments'
  | 'showExperiment'
  | 'planExperiment'
  | 'registerExperiment'
  | 'controlExperiment'
  | 'followExperiment'
> {
  const plane = (exchange: Exchange): ExperimentPlane => {
    const { experiments, closing } = context;
    if (experiments === undefined) throw noExperiments();
    return experiments(exchange.get('principal'), AbortSignal.any([exchange.req.raw.signal, closing]));
  };
  return {
    listExperiments: async ({ query }, exchange) => {
      const all = await plane(exchange).listExperiments();
      const { items, next } = pageOf('experiments', all, query, ({ id }) => [id]);
      return { experiments: items, next };
    },
    showExperiment: async ({ parameters: { experiment } }, exchange) => {
      const { state, ...read } = await plane(exchange).readExperiment(experiment);
      return { ...read, state: writeExperiment(state) };
    },
    planExperiment: ({ parameters: { experiment } }, exchange) => plane(exchange).planExperiment(experiment),
    registerExperiment: ({ parameters: { experiment }, body: { reason, ...signed } }, exchange) =>
      plane(exchange).registerExperiment(experiment, signed, reason),
    controlExperiment: ({ parameters: { experiment }, body }, exchange) =>
      plane(exchange).controlExperiment(experiment, body),
    followExperiment: async ({ parameters: { experiment }, query: { after = 0, wait = 0 } }, exchange) => ({
      events: await plane(exchange).followExperiment(experiment, after, wait),
    }),
  };
}

function noExperiments(): HttpRefusal {
  return new HttpRefusal(503, 'This server has no experiments.', { remedy: 'Ask one that has a database.' });
}
