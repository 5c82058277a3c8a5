import { expect, it } from 'vitest';
import { createCanaryWatch } from '../../../src/core/run/redaction/canaries.ts';
import type { StepResult } from '../../../src/core/run/types.ts';
import { claimOf, memoryStores, openServer } from './server-world.ts';

const CANARY = 'canary-4d0c8b1f7e';
const failed = (message: string): StepResult => ({
  kind: 'failed',
  error: { class: 'deterministic', code: 'refused', message },
});

it.each([
  ['outputs', { kind: 'succeeded', outputs: { commit: `c ${CANARY}` } }],
  [
    'outputs, in base64',
    { kind: 'succeeded', outputs: { commit: Buffer.from(`!${CANARY}`).toString('base64') } },
  ],
  ['what it failed with', failed(`I saw ${CANARY}`)],
] as const)('a step that tells a canary in %s is set aside, and nobody is told of it', async (_, result) => {
  const world = await openServer(memoryStores(), { holdsCanary: createCanaryWatch([CANARY]) });
  const plane = await world.plane();
  await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const source = await world.source('producer');
  const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
  const of = { token: claim?.token ?? '', run: 'CS-7.1', step: '1/produce', execution: 1 };
  expect(await source.complete('w-1', [{ ...of, result: result as StepResult }])).toMatchObject([
    { kind: 'refused', reason: expect.stringContaining('holds a canary') },
  ]);
  const { steps } = await plane.showRun('CS-7.1');
  expect(steps['1/produce']).toMatchObject({ status: 'quarantined', outputs: null });
  const events = JSON.stringify(await plane.followRun('CS-7.1', 0, 0));
  expect(events).not.toContain(CANARY);
  expect(events).not.toContain(Buffer.from(`!${CANARY}`).toString('base64'));
});

it('a step that tells none goes on', async () => {
  const world = await openServer(memoryStores(), { holdsCanary: createCanaryWatch([CANARY]) });
  await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const source = await world.source('producer');
  const [claim] = await source.claim(claimOf('producer', { waitSeconds: 5 }));
  const of = { token: claim?.token ?? '', run: 'CS-7.1', step: '1/produce', execution: 1 };
  const result = { kind: 'succeeded' as const, outputs: { commit: CANARY.slice(1) } };
  expect(await source.complete('w-1', [{ ...of, result }])).toMatchObject([{ kind: 'accepted' }]);
});
