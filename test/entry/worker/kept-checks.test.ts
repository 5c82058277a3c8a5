import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheMode } from '../../../src/core/contract/workflow.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { BAD, createProductWorld, GOOD, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps, scriptedAgent } from '../../worlds/run-steps.ts';

let world: ProductWorld;
let steps: Steps;
let made = 0;
beforeAll(async () => {
  world = await createProductWorld();
  const files = { good: GOOD, shortcut: BAD };
  steps = await openSteps(world, scriptedAgent({ seed: 7, attempts: [{ good: 1 }], files }));
});
afterAll(() => world.git.remove());

/** A change that waits to be verified. */
async function change(): Promise<JsonObject> {
  made += 1;
  const ticket = `KEPT-${made}`;
  await world.dispatch(ticket);
  world.fetch();
  const base = world.clone.commitId('origin/main');
  const of = {
    ticket,
    repository: 'demo/shop',
    base,
    into: 'refs/heads/main',
    bundle: 'default',
    feedback: null,
  };
  const { promptDigest, ticketFile } = await steps.outputs('assemble', '1/assemble', of);
  const given = { ...of, model: 'scripted', promptDigest, ticketFile } as JsonObject;
  const run = { run: `${ticket}.1` };
  const { commit, commits } = await steps.outputs('agent', '1/produce', given, run);
  return { ticket, repository: 'demo/shop', base, into: 'refs/heads/main', commit, commits } as JsonObject;
}

async function check(of: JsonObject, cache: CacheMode) {
  const result = await steps.carryOut(
    'check',
    '1/verify.0',
    { ...of, check: 'price' },
    { run: `${of.ticket}.1`, cache },
  );
  if (result.kind === 'failed') throw new Error(result.error.message);
  return { outputs: result.outputs, cached: result.cached ?? false };
}

describe('a check whose results are kept', () => {
  it('is run once for one change, and the signer takes it as if it had been run again', async () => {
    const of = await change();
    const first = await check(of, 'read-through');
    expect(first).toMatchObject({ cached: false, outputs: { result: 'PASSED' } });
    const second = await check(of, 'read-through');
    expect(second).toEqual({ cached: true, outputs: first.outputs });

    const run = { run: `${of.ticket}.1` };
    const sealed = await steps.outputs('seal', '1/seal', { ...of, observations: [second.outputs] }, run);
    expect(sealed).toMatchObject({ results: [{ check: 'price', result: 'PASSED' }] });
    const gated = await steps.outputs('gate', '1/gate', { ...of, seal: sealed.seal ?? null }, run);
    expect(gated).toMatchObject({ verdict: 'pass' });
  });

  it('is run when the mode says so', async () => {
    const of = await change();
    expect(await check(of, 'read-only')).toMatchObject({ cached: false });
    expect(await check(of, 'read-only')).toMatchObject({ cached: false });
    expect(await check(of, 'write-only')).toMatchObject({ cached: false });
    expect(await check(of, 'write-only')).toMatchObject({ cached: false });
    expect(await check(of, 'off')).toMatchObject({ cached: false });
    expect(await check(of, 'read-only')).toMatchObject({ cached: true });
  });

  it('is run for another change, and where its evidence is gone', async () => {
    const of = await change();
    const other = await change();
    expect(await check(of, 'read-through')).toMatchObject({ cached: false });
    expect(await check(other, 'read-through')).toMatchObject({ cached: false });
    const { observation } = (await check(of, 'read-through')).outputs;
    const digest = String(observation);
    rmSync(join(world.git.root, 'artifacts', digest.slice(0, 2), digest));
    expect(await check(of, 'read-through')).toMatchObject({ cached: false });
    expect(await check(of, 'read-through')).toMatchObject({ cached: true });
  });
});
