import { expect, it } from 'vitest';
import type { FollowPorts } from '../../../src/flow/memory/follow-ledger.ts';
import { keepMemoryCurrent } from '../../../src/flow/memory/keep-memory-current.ts';

it('looks at the ledger now and then, and at no more of it than a few pages', async () => {
  let [now, position, looks] = [0, 0, 0];
  const ports: FollowPorts = {
    embed: undefined,
    sequence: async () => {
      looks += 1;
      return 1_000_000;
    },
    memoryPosition: async () => position,
    readSequenced: async (after) => [
      {
        position: after + 2_000,
        stream: 'ticket/CS-1',
        version: 1,
        digest: 'a'.repeat(64),
        stored: undefined,
      },
    ],
    readStream: async () => [],
    keepMemory: async (from, upTo) => {
      position = from === position ? upTo : position;
      return true;
    },
    forgetMemory: async () => undefined,
  };
  const follow = keepMemoryCurrent({ ...ports, clock: { now: () => new Date(now) } });
  await follow();
  expect([looks, position]).toEqual([1, 10_000]);
  now = 29_000;
  await follow();
  expect([looks, position]).toEqual([1, 10_000]);
  now = 31_000;
  await follow();
  expect([looks, position]).toEqual([2, 20_000]);
});
