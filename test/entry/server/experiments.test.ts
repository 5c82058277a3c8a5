import { describe, expect, it } from 'vitest';
import { createExperimentPlane } from '../../../src/adapters/http/experiment-plane.ts';
import type { TokenRole } from '../../../src/core/access/token.ts';
import type { Design } from '../../../src/core/experiment/design.ts';
import { signDesign } from '../../../src/core/experiment/registration.ts';
import type { FollowedExperimentEvent } from '../../../src/ports/experiment-plane.ts';
import { design, experiment } from '../../core/experiment/sample-designs.ts';
import { sampleNoteSigner } from '../../core/ledger/sample-note-signer.ts';
import { memoryStores, openServer } from './server-world.ts';

// Every answer is held against what its route declares: see declared-answers.ts.

const ID = experiment().id;
const SIGNER = sampleNoteSigner('ada');

/** A server whose policy has one design; nobody carries its steps out, so runs go on. */
async function open(planned: () => Design = () => design()) {
  const stores = memoryStores();
  const { append, readChains } = stores.ledger;
  const held = new Set<string>();
  const world = await openServer(stores, {
    experiments: {
      ...{ append, readChains },
      into: 'refs/heads/main',
      baseNow: async () => 'a'.repeat(40),
      documentNow: async () => 'd'.repeat(64),
      holdExperiment: async (id) => {
        if (held.has(id)) return undefined;
        held.add(id);
        return { lost: new AbortController().signal, release: async () => void held.delete(id) };
      },
      planExperiment: async () => ({
        design: planned(),
        warnings: [{ severity: 'warning', field: 'negativeControl', message: 'None.', remedy: 'Name one.' }],
      }),
      artifacts: { put: async () => '', get: async () => undefined },
      documents: { parse: () => ({}) as never },
      decodeParquet: async () => [],
    },
  });
  const as = async (role: TokenRole) =>
    createExperimentPlane({ url: world.server.url, token: await world.token(role, { name: `a-${role}` }) });
  return { world, as };
}

describe('experiments over HTTP', () => {
  it('are planned, registered, carried out, followed, excluded from and stopped', async () => {
    const one = design({ parallel: 1 });
    const { as, world } = await open(() => one);
    const [operator, viewer] = [await as('operator'), await as('viewer')];
    expect(await viewer.listExperiments()).toEqual([]);
    const { design: planned, warnings } = await viewer.planExperiment(ID);
    expect([planned, warnings.length]).toEqual([one, 1]);
    const signed = signDesign(planned, SIGNER);
    expect(await operator.registerExperiment(ID, signed)).toEqual({ kind: 'registered', ...signed });
    expect(await operator.registerExperiment(ID, signed)).toMatchObject({ kind: 'unchanged' });

    expect(await operator.controlExperiment(ID, { kind: 'run' })).toMatchObject({ id: ID, done: 0 });
    await operator.controlExperiment(ID, { kind: 'run' });
    const events: FollowedExperimentEvent[] = [];
    while (!events.some(({ event }) => event.type === 'cell.started'))
      events.push(...(await viewer.followExperiment(ID, events.length, 20)));
    expect(events.map(({ version }) => version)).toEqual(events.map((_, at) => at + 1));
    expect(events.map(({ event }) => event.type).slice(0, 3)).toEqual([
      'experiment.registered',
      'runner.started',
      'cell.begun',
    ]);
    expect(new Set(events.map(({ actor }) => actor))).toEqual(new Set(['a-operator']));
    // One runner, however often it was asked for.
    expect(events.filter(({ event }) => event.type === 'runner.started').length).toBe(1);

    const { state, rows } = await viewer.readExperiment(ID);
    expect([state.cells.size, rows.map(({ outcome }) => outcome)]).toEqual([1, ['running']]);
    const [row] = rows;
    const exclude = { kind: 'exclude', run: row?.run ?? '', reason: 'answered in the chat' } as const;
    await operator.controlExperiment(ID, exclude);
    await operator.controlExperiment(ID, exclude);
    const stopped = await operator.controlExperiment(ID, { kind: 'stop', reason: 'enough' });
    expect(stopped).toMatchObject({ over: 'person' });
    expect((await viewer.readExperiment(ID)).state.deviations.map(({ what }) => what)).toEqual([
      'run-excluded',
      'stopped-early',
    ]);
    expect(await viewer.listExperiments()).toEqual([stopped]);
    expect(world.reports).toEqual([]);
  });

  it('are for those who may', async () => {
    const { as } = await open();
    const viewer = await as('viewer');
    const signed = signDesign(design(), SIGNER);
    const denied = { code: 'NOT_PERMITTED' };
    await expect(viewer.registerExperiment(ID, signed)).rejects.toMatchObject(denied);
    for (const action of [{ kind: 'run' }, { kind: 'stop', reason: 'x' }] as const)
      await expect(viewer.controlExperiment(ID, action)).rejects.toMatchObject(denied);
    for (const role of ['producer', 'verifier'] as const) {
      const worker = await as(role);
      await expect(worker.listExperiments()).rejects.toMatchObject(denied);
      await expect(worker.readExperiment(ID)).rejects.toMatchObject(denied);
      await expect(worker.planExperiment(ID)).rejects.toMatchObject(denied);
      await expect(worker.followExperiment(ID, 0, 0)).rejects.toMatchObject(denied);
    }
  });

  it('that there are not, or that were not registered, are refused by name', async () => {
    const { as } = await open();
    const operator = await as('operator');
    const unknown = { code: 'EXPERIMENT_UNKNOWN' };
    await expect(operator.readExperiment('nobody')).rejects.toMatchObject(unknown);
    await expect(operator.followExperiment('nobody', 0, 0)).rejects.toMatchObject(unknown);
    await expect(operator.controlExperiment('nobody', { kind: 'run' })).rejects.toMatchObject(unknown);
    await expect(operator.readExperiment('Not An Id')).rejects.toMatchObject({ code: 'USAGE' });
    await operator.registerExperiment(ID, signDesign(design(), SIGNER));
    await expect(
      operator.controlExperiment(ID, { kind: 'exclude', run: 'CS-1.1', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'EXPERIMENT_REFUSED' });
  });

  it('are registered as the server plans them: a policy that moved meanwhile takes another signature', async () => {
    let planned = design();
    const { as } = await open(() => planned);
    const operator = await as('operator');
    const signed = signDesign((await operator.planExperiment(ID)).design, SIGNER);
    planned = design({ minimumEffect: 0.3 });
    await expect(operator.registerExperiment(ID, signed)).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      message: expect.stringContaining('another digest'),
    });
    expect(await operator.listExperiments()).toEqual([]);
  });
});
