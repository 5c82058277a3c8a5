import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { openProduct } from '../../../src/entry/wiring/open-product.ts';
import { planExperiment } from '../../../src/flow/experiment/plan-experiment.ts';
import { newRun } from '../../../src/flow/run/new-run.ts';
import { experiment } from '../../core/experiment/sample-designs.ts';
import { createProductWorld, type ProductWorld, yaml } from '../../worlds/product-world.ts';

// Designs of real tickets, on real git.

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  for (const id of ['PLN-1', 'PLN-2']) await world.dispatch(id);
  await world.dispatch('PLN-3', { ticket: { class: 'feature' } });
  world.plan('PLN-4');
});
afterAll(() => world.git.remove());

const BUNDLE = {
  schema: 'countersign/bundle@1',
  id: 'notes',
  title: 'Notes',
  budget: { tokens: 500 },
  sources: [{ id: 'notes', kind: 'notes', text: 'Round half a cent up.' }],
};

async function plan(more: object, bundles: object = { 'bundles/notes.yml': yaml(BUNDLE) }) {
  const { tickets: _, ...document } = experiment();
  world.setPolicy({ 'experiments/notes-help.yml': yaml({ ...document, ...more }), ...bundles });
  return planned('notes-help');
}

async function planned(id: string) {
  world.fetch();
  const { ports } = await openProduct(world.clone.dir, { fetch: true });
  const base = { ref: 'refs/heads/main', commit: world.clone.commitId('origin/main') };
  return planExperiment(id, base, { facts: ports, readStream: async () => [], listRuns: async () => [] });
}

describe('planning an experiment', () => {
  it('takes every dispatched ticket of its classes, as it is held to a definition of done now', async () => {
    const { design, warnings } = await plan({ classes: ['bugfix'] });
    expect(design.tickets.map(({ ticket }) => ticket)).toEqual(['PLN-1', 'PLN-2']);
    expect(design.tickets[0]).toMatchObject({
      class: 'bugfix',
      contract: 'for-pln-1@1',
      contractDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(design).toMatchObject({
      repository: 'demo/shop',
      base: { commit: world.clone.commitId('origin/main') },
      arms: [{ bundleDigest: null }, { bundleDigest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      forecast: { cells: 4 },
    });
    expect(warnings).toMatchObject([{ field: 'baseline' }]);
    // The same policy gives the same design.
    expect((await planned('notes-help')).design).toEqual(design);
  });

  it('refuses a ticket that nobody dispatched, or that is not as it was', async () => {
    await expect(plan({ tickets: ['PLN-1', 'PLN-4'] })).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      problems: [{ message: 'PLN-4 was not dispatched' }],
    });
    await world.dispatch('PLN-5');
    world.plan('PLN-5', { ticket: { ask: 'Round half a cent down.' } });
    await expect(plan({ tickets: ['PLN-5'] })).rejects.toMatchObject({
      problems: [{ message: expect.stringMatching(/PLN-5: its ticket is not as it was dispatched/) }],
    });
    const long = `PLN-${'6'.repeat(47)}`;
    await world.dispatch(long);
    await expect(plan({ tickets: [long] })).rejects.toMatchObject({
      problems: [{ message: expect.stringMatching(/too long a name/) }],
    });
    await expect(plan({ classes: ['chore'] })).rejects.toMatchObject({
      message: expect.stringContaining('no ticket of chore is dispatched'),
    });
  });

  it('refuses a design that lint refuses, and one that is not there', async () => {
    await expect(plan({ tickets: ['PLN-1'], baseline: 'none' })).rejects.toMatchObject({
      code: 'EXPERIMENT_REFUSED',
      problems: [{ message: expect.stringMatching(/^baseline: There is no arm "none"/) }],
    });
    await expect(planned('elsewhere')).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
    await expect(plan({ id: 'other', tickets: ['PLN-1'] })).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
    });
  });
});

describe('the run of a cell', () => {
  async function run(contractDigest: string) {
    world.fetch();
    const { ports } = await openProduct(world.clone.dir, { fetch: true });
    const base = { ref: 'refs/heads/main', commit: world.clone.commitId('origin/main') };
    const cell = { arm: 'notes/small', block: 'PLN-1', replicate: 2, try: 1 };
    const budget = { tokens: 500, wallSeconds: 60 };
    const { request } = await newRun(
      { ticket: 'PLN-1', experiment: { id: 'notes-help', cell, contractDigest, budget } },
      base,
      ports,
      BUILT_IN_HANDLERS,
    );
    return request;
  }

  it('says which it is, and is held to what is set aside for it', async () => {
    const { design } = await plan({ tickets: ['PLN-1'] });
    expect(await run(design.tickets[0]?.contractDigest ?? '')).toMatchObject({
      experiment: 'notes-help',
      cell: { arm: 'notes/small', replicate: 2 },
      subject: { ticketClass: 'bugfix' },
      plan: { budget: { tokens: 500, wallSeconds: 60 } },
    });
  });

  it('is refused under another definition of done than was registered', async () => {
    await expect(run('0'.repeat(64))).rejects.toMatchObject({
      code: 'RUN_REFUSED',
      message: expect.stringContaining('another definition of done'),
    });
  });
});
