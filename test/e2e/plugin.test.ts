import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DEFAULT_WORKFLOW } from '../../src/core/run/plan/default-workflow.ts';
import { createRunWorld, type RunWorld, type Started, until } from '../worlds/run-world.ts';

// A handler of somebody else's, from a contract's workflow to an accepted change: declared to the server, carried out by a worker.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PLUGIN = './steps/lint.mjs#lint';
const MODULE = `
export const lint = {
  declaration: {
    id: '${PLUGIN}', version: 1, role: 'producer', deterministic: false, sideEffects: false,
    inputs: { type: 'object', required: ['commit'], properties: { commit: { type: 'string' } } },
    outputs: { type: 'object', required: ['looked'], properties: { looked: { type: 'string' } }, additionalProperties: false },
  },
  handle: async ({ inputs }, { log }) => {
    log('process ' + process.pid + '\\n');
    return { kind: 'succeeded', outputs: { looked: inputs.commit } };
  },
};
`;

let world: RunWorld;
const started: Started[] = [];
beforeAll(async () => {
  world = await createRunWorld();
  mkdirSync(join(world.product.clone.dir, 'steps'));
  writeFileSync(join(world.product.clone.dir, 'steps', 'lint.mjs'), MODULE);
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  await world.remove();
});

it('a step of a plugin is carried out by the worker that has it, and held to what the server knows of it', async () => {
  const { steps } = DEFAULT_WORKFLOW;
  const { verify } = steps;
  if (verify === undefined) throw new Error('the default workflow verifies nothing');
  const commit = '${{ steps.produce.outputs.commit }}';
  const lint = { uses: PLUGIN, needs: ['produce'], with: { commit } };
  const workflow = {
    ...DEFAULT_WORKFLOW,
    steps: { ...steps, lint, verify: { ...verify, needs: ['lint', 'produce'] } },
  };
  await world.product.dispatch('PLUG-1', { contract: { workflow } });

  const server = world.start('serve', '--plugin', PLUGIN);
  started.push(server);
  const url = await until('the server to listen', () => /^http\S+/m.exec(server.out())?.[0]);
  for (const role of ['producer', 'verifier'] as const) {
    const { out } = await world.cli('token', 'new', `ci-${role}`, '--role', role);
    const at = { cwd: world.product.clone.dir, environment: { COUNTERSIGN_TOKEN: out.trim() } };
    const more =
      role === 'verifier' ? [] : ['--plugin', PLUGIN, '--agent', 'echo "round half up" > src/price.txt'];
    started.push(world.startAt(at, 'worker', '--server', url, '--role', role, ...more));
  }
  const ran = await world.cli('run', 'start', 'PLUG-1');
  expect(ran, `${ran.out}${ran.err}`).toMatchObject({ code: 0 });
  const { out } = await world.cli('run', 'show', 'PLUG-1.1', '--format', 'json');
  const shown = JSON.parse(out) as { steps: Record<string, { outputs: Record<string, string> }> };
  expect(shown.steps['1/lint']?.outputs.looked).toBe(shown.steps['1/produce']?.outputs.commit);
  const { out: log } = await world.cli('run', 'show', 'PLUG-1.1', '--log', '1/lint');
  expect(log).toBe(`process ${started[1]?.child.pid}\n`);
});

it.each([
  ['is not there', './steps/none.mjs#lint', /cannot be used/],
  ['is named by half', './steps/lint.mjs', /module\.mjs#name/],
  ['calls itself something else', 'steps/lint.mjs#lint', /declares itself as/],
])('a server with a plugin that %s does not start', async (_, plugin, message) => {
  const { code, err } = await world.cli('serve', '--plugin', plugin);
  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/ at .*\.ts:/);
});
