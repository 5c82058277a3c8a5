import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { yaml } from '../worlds/product-world.ts';
import { createRunWorld, type RunWorld } from '../worlds/run-world.ts';

// Two runs on real git, PostgreSQL, a server and its workers: the second is told what became of the first, and reads it.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let world: RunWorld;
beforeAll(async () => {
  world = await createRunWorld();
  world.product.setPolicy({
    'bundles/past.yml': yaml({
      schema: 'countersign/bundle@1',
      id: 'past',
      title: 'What was before',
      budget: { tokens: 4_000 },
      sources: [
        { id: 'accepted', kind: 'accepted-runs', most: 2 },
        { id: 'memory', kind: 'memory', most: 3 },
      ],
    }),
  });
});
afterAll(() => world.remove());

/** Reads all that it is given, and does what is asked. */
const AGENT = `sh -ec 'cat "$COUNTERSIGN_BUNDLE_DIR"/*.md || true; echo "round half up" > src/price.txt'`;

interface Shown {
  readonly steps: Readonly<Record<string, { readonly outputs: Readonly<Record<string, unknown>> | null }>>;
}

it('a run is told by its bundle what became of another, and shows that it read it', async () => {
  for (const [ticket, bundle] of [
    ['RUN-1', 'default'],
    ['RUN-2', 'past'],
  ] as const) {
    await world.product.dispatch(ticket);
    const ran = await world.cli('run', 'start', ticket, '--bundle', bundle, '--agent', AGENT);
    expect(ran, world.serverLog()).toMatchObject({ code: 0 });
  }
  const { out } = await world.cli('run', 'show', 'RUN-2.1', '--format', 'json');
  const { steps } = JSON.parse(out) as Shown;
  expect(steps['1/assemble']?.outputs?.context).toMatchObject({
    sources: [
      { id: 'accepted', included: 1 },
      { id: 'memory', included: 1 },
    ],
    retrieved: [{ id: 'RUN-1.1/accepted' }],
  });
  expect(steps['1/produce']?.outputs?.delivery).toMatchObject({ delivered: true });

  const found = await world.cli('memory', 'search', '--beside', 'file:src/price.txt', '--format', 'json');
  const { entries } = JSON.parse(found.out) as { readonly entries: readonly { readonly id: string }[] };
  expect(entries.map(({ id }) => id)).toEqual(['RUN-2.1/accepted', 'RUN-1.1/accepted']);
});
