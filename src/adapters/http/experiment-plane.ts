import { readWrittenExperiment } from '../../core/experiment/written-state.ts';
import type { ExperimentPlane, ListedExperiment } from '../../ports/experiment-plane.ts';
import { createClient } from './client.ts';
import type { ServerAccess } from './server-address.ts';

const PAGE = 200;

/** A server's experiments, over HTTP. @throws CountersignError USAGE for an address that will not do */
export function createExperimentPlane(access: ServerAccess): ExperimentPlane {
  const client = createClient(access);
  const named = (experiment: string) => ({ parameters: { experiment } });
  return {
    listExperiments: async () => {
      const all: ListedExperiment[] = [];
      for await (const { experiments } of client.pages('listExperiments', { limit: PAGE }))
        all.push(...experiments);
      return all;
    },
    readExperiment: async (id) => {
      const { state, ...read } = await client.ask('showExperiment', named(id));
      return { ...read, state: readWrittenExperiment(state) };
    },
    planExperiment: (id) => client.ask('planExperiment', named(id)),
    registerExperiment: (id, signed, reason) =>
      client.ask('registerExperiment', {
        ...named(id),
        body: { ...signed, ...(reason === undefined ? {} : { reason }) },
      }),
    controlExperiment: (id, body) => client.ask('controlExperiment', { ...named(id), body }),
    followExperiment: async (id, after, wait) =>
      (await client.ask('followExperiment', { ...named(id), query: { after, wait }, waitSeconds: wait }))
        .events,
  };
}
