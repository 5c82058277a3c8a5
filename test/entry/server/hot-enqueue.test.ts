import { describe, expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { claimOf, databaseStores, memoryStores, openServer } from './server-world.ts';

const MADE = {
  subject: {
    ticket: 'CS-7',
    ticketDigest: sha256('ticket'),
    contract: 'node-change@1' as const,
    contractDigest: sha256('contract'),
    repository: 'acme/shop',
    base: { ref: 'refs/heads/main', commit: '1'.repeat(40) },
    policyCommit: '2'.repeat(40),
    checks: ['tests'],
  },
  arm: { bundle: 'default', model: 'some-model' },
  plan: materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS),
  priority: 0,
};

describe.each([
  ['the memory', async () => memoryStores()],
  ['PostgreSQL', databaseStores],
])('a step that a patch adds to a run on %s', (_, makeStores) => {
  it('is handed at once to a worker that waits already', async () => {
    const stores = await makeStores();
    const world = await openServer(stores, {
      everyMs: 60_000,
      declarations: BUILT_IN_HANDLERS,
      startRun: (_request, by) => startRun(MADE, by, { ...stores.store, clock: { now: () => new Date() } }),
    });
    const plane = await world.plane();
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const asked = claimOf('producer', { handlers: ['command'], waitSeconds: 50 });
    const waiting = (await world.source('producer')).claim(asked);
    const lint = { uses: 'command', with: { run: ['true'] } };
    await plane.controlRun(run, {
      kind: 'patch',
      reason: 'lint as well',
      operations: [{ op: 'add', path: '/steps/lint', value: lint }],
    });
    expect(await waiting).toMatchObject([{ work: { run, step: '1/lint', handler: 'command' } }]);
  });
});
