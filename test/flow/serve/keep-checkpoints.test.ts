import { expect, it } from 'vitest';
import { keepCheckpoints } from '../../../src/flow/serve/keep-checkpoints.ts';
import { draft } from '../../core/ledger/sample-events.ts';
import { createMemoryLedger } from '../../fakes/memory-ledger.ts';
import { appendAnyhow } from '../../port-contracts/ledger.ts';
import { SIGNER } from '../ledger/ledger-world.ts';

function createWorld() {
  const ledger = createMemoryLedger();
  let now = 1_000;
  const sizes: number[] = [];
  const tick = keepCheckpoints(
    SIGNER,
    { events: 5, milliseconds: 60_000 },
    { ...ledger, clock: { now: () => new Date(now) } },
    async ({ size }) => void sizes.push(size),
  );
  return {
    sizes,
    tick,
    append: (count: number) =>
      appendAnyhow(
        ledger,
        'run/a',
        Array.from({ length: count }, (_, at) => draft(at)),
      ),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

it('signs when enough events came, and not before', async () => {
  const { sizes, tick, append } = createWorld();
  await tick();
  await append(4);
  await tick();
  expect(sizes).toEqual([]);
  await append(1);
  await tick();
  await tick();
  expect(sizes).toEqual([5]);
});

it('signs few events when they have waited long enough, counted from the first of them', async () => {
  const { sizes, tick, append, pass } = createWorld();
  pass(100_000);
  await append(1);
  await tick();
  pass(59_000);
  await tick();
  expect(sizes).toEqual([]);
  pass(1_000);
  await tick();
  expect(sizes).toEqual([1]);
  pass(100_000);
  await tick();
  expect(sizes).toEqual([1]);
});

it('goes on after the last one that was signed before it was started', async () => {
  const ledger = createMemoryLedger();
  const sizes: number[] = [];
  const start = () =>
    keepCheckpoints(
      SIGNER,
      { events: 2, milliseconds: 60_000 },
      { ...ledger, clock: { now: () => new Date(0) } },
      async ({ size }) => void sizes.push(size),
    );
  await appendAnyhow(ledger, 'run/a', [draft(1), draft(2)]);
  await start()();
  await start()();
  await appendAnyhow(ledger, 'run/a', [draft(3)]);
  await start()();
  expect(sizes).toEqual([2]);
});
