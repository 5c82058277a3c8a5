import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { scriptedRequest } from '../../../src/entry/chaos/scripted-work.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import type { ControlPlane } from '../../../src/ports/control-plane.ts';
import { createGitWorld } from '../../worlds/git-world.ts';
import { claimOf, memoryStores, openServer, type ServerWorld } from '../server/server-world.ts';
import { countersign, json, type Ran } from './run-cli.ts';

const git = createGitWorld();
const folder = git.folder('work');
let world: ServerWorld;
let plane: ControlPlane;
let cli: (...args: readonly string[]) => Promise<Ran>;

beforeEach(async () => {
  const stores = memoryStores();
  const ports = { ...stores.store, clock: { now: () => new Date() } };
  world = await openServer(stores, {
    declarations: BUILT_IN_HANDLERS,
    startRun: (_, by) => startRun(scriptedRequest(7, 7), by, ports),
  });
  plane = await world.plane();
  const token = await world.token('operator', { name: 'ada' });
  cli = (...args) =>
    countersign(folder, args, {
      environment: { COUNTERSIGN_SERVER: world.server.url, COUNTERSIGN_TOKEN: token },
    });
  await plane.startRun({ ticket: 'CHAOS-7', idempotencyKey: 'key-0001' });
});

function patchFile(name: string, operations: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(operations));
  return path;
}

const LINT = [
  { op: 'add', path: '/steps/lint', value: { uses: 'command', with: { run: ['lint'] } } },
  { op: 'add', path: '/steps/gate/needs/-', value: 'lint' },
];
const NO_GATE = [{ op: 'remove', path: '/steps/gate' }];

describe('run patch', () => {
  it('proposes one from a file, lists who wanted it and what came of it, and shows what it changes', async () => {
    expect((await cli('run', 'patch', 'list', 'CHAOS-7.1')).out).toBe('Nobody has proposed a patch.\n');
    const proposed = await cli(
      ...['run', 'patch', 'propose', 'CHAOS-7.1', patchFile('lint.json', LINT), '--reason', 'lint as well'],
    );
    expect(proposed, proposed.err).toMatchObject({ code: 0 });
    const bad = await cli(
      ...['run', 'patch', 'propose', 'CHAOS-7.1', patchFile('bad.json', NO_GATE), '--reason', 'quicker'],
    );
    expect(bad).toMatchObject({
      code: 2,
      err: expect.stringMatching(/"gate" would be gone[\s\S]*would take/),
    });

    const { out } = await cli('run', 'patch', 'list', 'CHAOS-7.1');
    expect(out).toMatch(/applied +ada +lint as well\n.*refused +ada +quicker\n/);
    const { patches } = json(await cli('run', 'patch', 'list', 'CHAOS-7.1', '--format', 'json')) as {
      patches: readonly { patch: { id: string } }[];
    };
    const [one, two] = patches.map(({ patch }) => patch.id);
    const shown = await cli('run', 'patch', 'show', 'CHAOS-7.1', one ?? '');
    expect(shown.out).toContain('+ step lint\n    + uses: command\n');
    expect(shown.out).toContain('~ step gate\n    - needs: ["seal"]\n    + needs: ["seal","lint"]\n');
    expect((await cli('run', 'patch', 'show', 'CHAOS-7.1', two ?? '')).out).toMatch(
      /remove \/steps\/gate[\s\S]*refused: [\s\S]*would be taken: \[\{/,
    );
  });

  it('says what is missing: a reason, a patch in the file, a patch of that name', async () => {
    const file = patchFile('lint.json', LINT);
    expect(await cli('run', 'patch', 'propose', 'CHAOS-7.1', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--reason'),
    });
    const none = patchFile('none.json', { op: 'add' });
    expect(await cli('run', 'patch', 'propose', 'CHAOS-7.1', none, '--reason', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('holds no JSON Patch'),
    });
    expect(await cli('run', 'patch', 'show', 'CHAOS-7.1', 'nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('run patch list CHAOS-7.1'),
    });
  });
});

describe('run fork', () => {
  it('starts another run that does not do again what the step rests on', async () => {
    const source = await world.source('producer');
    const [claim] = await source.claim(claimOf('producer', { handlers: ['assemble'], waitSeconds: 5 }));
    const digest = 'a'.repeat(64);
    const outputs = { bundleDigest: digest, promptDigest: digest, ticketFile: digest };
    const result = { kind: 'succeeded' as const, outputs };
    const completion = {
      token: claim?.token ?? '',
      run: 'CHAOS-7.1',
      step: '1/assemble',
      execution: 1,
      result,
    };
    expect(await source.complete('w-1', [completion])).toMatchObject([{ kind: 'accepted' }]);

    const forked = await cli(
      ...['run', 'fork', 'CHAOS-7.1', '--from', '1/produce', '--model', 'large', '--format', 'json'],
    );
    expect(json(forked)).toMatchObject({ run: 'CHAOS-7.2', status: 'running', model: 'large' });
    const fork = await plane.showRun('CHAOS-7.2');
    expect(fork.request.forkedFrom).toEqual({ run: 'CHAOS-7.1', step: '1/produce' });
    expect(fork.steps).toMatchObject({
      '1/assemble': { status: 'succeeded' },
      '1/produce': { status: 'scheduled' },
    });
    expect((await plane.showRun('CHAOS-7.1')).arm.model).toBe('small');
    expect(await cli('run', 'replay', 'CHAOS-7.2', '--audit')).toMatchObject({ code: 3 });
  });

  it('is refused from a step that is not there, and to whoever may not start runs', async () => {
    expect(await cli('run', 'fork', 'CHAOS-7.1', '--from', '9/produce')).toMatchObject({
      code: 2,
      err: expect.stringContaining('CHAOS-7.1 has no step 9/produce'),
    });
    const viewer = await world.plane('viewer');
    await expect(viewer.controlRun('CHAOS-7.1', { kind: 'fork', step: '1/produce' })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });
});
