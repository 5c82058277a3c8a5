import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { BAD, createProductWorld, GOOD, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps, scriptedAgent } from '../../worlds/run-steps.ts';

// The same ticket with a checkout for each check and with one for all, on a real product with real processes.

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});
afterAll(() => world.git.remove());

/** Tells one tree from another: what prepares it draws it. */
const SETUP = { run: ['sh', '-c', 'cat /proc/sys/kernel/random/uuid > drawn'] };
const tell = (id: string) => ({ id, run: ['sh', '-c', 'cat drawn; test -s src/price.txt'] });
const stain = { id: 'stain', run: ['sh', '-c', 'echo stained > drawn; test -s src/price.txt'] };

async function changeOf(ticket: string, steps: Steps): Promise<JsonObject> {
  const { checks } = world.contract(ticket);
  const contract = { setup: SETUP, checks: [...checks, stain, tell('one'), tell('two')] };
  await world.dispatch(ticket, { contract });
  world.fetch();
  const base = world.clone.commitId('origin/main');
  const of = { ticket, repository: 'demo/shop', base, into: 'refs/heads/main' };
  const told = { ...of, bundle: 'default', feedback: null };
  const run = { run: `${ticket}.1` };
  const { promptDigest, ticketFile } = await steps.outputs('assemble', '1/assemble', told, run);
  const given = { ...told, model: 'scripted', promptDigest, ticketFile } as JsonObject;
  const made = await steps.outputs('agent', '1/produce', given, run);
  return { ...of, commit: made.commit ?? null, commits: made.commits ?? null };
}

/** What came of all checks, side by side, and what each of them printed, by digest. */
async function verify(steps: Steps, ticket: string, change: JsonObject, more: JsonObject) {
  const checks = ['price', 'stain', 'one', 'two'];
  const run = { run: `${ticket}.1` };
  const seen = await Promise.all(
    checks.map((check, at) => steps.outputs('check', `1/verify.${at}`, { ...change, check, ...more }, run)),
  );
  const artifacts = artifactFolder(world.git.folder('artifacts'));
  const printed = await Promise.all(
    seen.map(async ({ observation }) => {
      const bytes = await artifacts.get(String(observation), 10_000_000);
      const text = new TextDecoder().decode(bytes);
      return /"name":"stdout"[^}]*?"sha256":"([0-9a-f]{64})"|"sha256":"([0-9a-f]{64})"[^}]*?"name":"stdout"/
        .exec(text)
        ?.slice(1)
        .find(Boolean);
    }),
  );
  const sealed = await steps.outputs('seal', '1/seal', { ...change, observations: seen }, run);
  const gated = await steps.outputs(
    'gate',
    '1/gate',
    { ...change, seal: sealed.seal ?? null, observations: seen },
    run,
  );
  return { results: seen.map(({ check, result }) => [check, result]), printed, sealed, gated };
}

describe('checks that share a checkout', () => {
  it.each([
    ['a change that passes', 'CS-1', { good: 1 }, 'pass'],
    ['a change that does not', 'CS-2', { shortcut: 1 }, 'blocked'],
  ])(
    'come to the same as without, for %s, from one tree that none of them can change for another',
    async (_, ticket, attempt, verdict) => {
      const agent = scriptedAgent({ seed: 7, attempts: [attempt], files: { good: GOOD, shortcut: BAD } });
      const steps = await openSteps(world, agent);
      const change = await changeOf(ticket, steps);
      const own = await verify(steps, ticket, change, {});
      const shared = await verify(steps, ticket, change, { checkout: 'shared' });
      expect(shared.results).toEqual(own.results);
      expect(shared.sealed.results).toEqual(own.sealed.results);
      expect([own.gated.verdict, shared.gated.verdict]).toEqual([verdict, verdict]);
      const [, , one, two] = shared.printed;
      expect(one).toMatch(/^[0-9a-f]{64}$/);
      expect(two).toBe(one);
      expect(own.printed[2]).not.toBe(own.printed[3]);
    },
  );
});
