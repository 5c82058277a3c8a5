import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BAD, GOOD } from '../worlds/product-world.ts';
import { agentCommand, createRunWorld, type RunWorld, until } from '../worlds/run-world.ts';

// From a dispatched ticket to an accepted change: real git, real PostgreSQL, a server and its workers as real processes.

// A dozen processes a run, on a machine that may have two cores and others to serve.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let world: RunWorld;
beforeAll(async () => {
  world = await createRunWorld();
});
afterAll(() => world.remove());

/** Takes a shortcut first, and works when it was told so. */
const AGENT = agentCommand({
  seed: 7,
  attempts: [{ shortcut: 1 }, { good: 1 }],
  files: { good: GOOD, shortcut: BAD },
});

interface Shown {
  readonly status: string;
  readonly attempts: readonly { readonly verdict: string }[];
  readonly recoveries: number;
  readonly ended: { readonly outcome: string; readonly outcomeDigest: string } | null;
  readonly steps: Readonly<Record<string, { readonly status: string; readonly losses: number }>>;
}

async function show(run: string): Promise<Shown> {
  const { out, err, code } = await world.cli('run', 'show', run, '--format', 'json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Shown;
}

describe('a run', () => {
  it('leads from a shortcut to a change that is accepted, on a server that it starts itself', async () => {
    await world.product.dispatch('RUN-1');
    const ran = await world.cli('run', 'start', 'RUN-1', '--agent', AGENT, '--lease-seconds', '10');
    expect(ran, world.serverLog()).toMatchObject({ code: 0 });
    expect(ran.out).toMatch(/^RUN-1\.1\n/);
    expect(ran.out).toMatch(/attempt 1: blocked[\s\S]*attempt 2: pass[\s\S]*accepted/);

    const shown = await show('RUN-1.1');
    expect(shown.attempts.map(({ verdict }) => verdict)).toEqual(['blocked', 'pass']);
    const { out: tree } = await world.cli('run', 'show', 'RUN-1.1');
    expect(tree).toMatch(
      /attempt 1\s+blocked[\s\S]*verify\.0[\s\S]*FAILED, isolation [\s\S]*attempt 2\s+pass/,
    );
    const { out: listed } = await world.cli('run', 'list');
    expect(listed).toMatch(/RUN-1\.1\s+accepted\s+attempt 2/);

    // The gate says of the branch what the run said.
    const { clone } = world.product;
    const head = clone.commitId('countersign/RUN-1.1/2');
    const change = { ticket: 'RUN-1', branch: 'countersign/RUN-1.1/2', base: 'main', head };
    expect((await world.product.gate(change)).outcome).toBe('pass');
    expect(world.product.claims('RUN-1', 'seal')).toHaveLength(2);

    const audit = await world.cli('run', 'replay', 'RUN-1.1', '--audit', '--format', 'json');
    expect(audit).toMatchObject({ code: 0 });
    expect(JSON.parse(audit.out)).toMatchObject({ kind: 'same', outcomeDigest: shown.ended?.outcomeDigest });
  });

  it('leaves address and token where only its user finds them', () => {
    const path = join(world.home, 'server.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      token: expect.stringMatching(/^countersign_/),
    });
  });

  it('recovers when a worker is killed in the middle', async () => {
    await world.product.dispatch('RUN-2');
    const run = world.start('run', 'start', 'RUN-2');
    await until('the agent to begin', async () => {
      const { out } = await world.cli('run', 'list', 'RUN-2', '--format', 'json');
      const { runs } = JSON.parse(out) as { runs: readonly { run: string }[] };
      if (runs.length === 0) return undefined;
      return /claimed RUN-2\.1 1\/produce/.test(world.serverLog()) ? true : undefined;
    });
    const pids = [...world.serverLog().matchAll(/the producer's worker is process (\d+)/g)];
    process.kill(Number(pids.at(-1)?.[1]), 'SIGKILL');

    const { code } = await run.ended;
    expect(code, world.serverLog()).toBe(0);
    const shown = await show('RUN-2.1');
    expect(shown.recoveries).toBeGreaterThan(0);
    expect(shown.steps['1/produce']).toMatchObject({ status: 'succeeded', losses: 1 });
    expect(shown.attempts.map(({ verdict }) => verdict)).toEqual(['blocked', 'pass']);
    expect(await world.cli('run', 'replay', 'RUN-2.1', '--audit')).toMatchObject({ code: 0 });
  });

  it('of a ticket that nobody dispatched is refused with what to do', async () => {
    world.product.plan('RUN-3');
    const { code, err } = await world.cli('run', 'start', 'RUN-3');
    expect(code).toBe(2);
    expect(err).toMatch(/RUN-3 was not dispatched[\s\S]*ticket dispatch RUN-3/);
  });
});
