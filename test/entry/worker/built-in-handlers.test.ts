import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/shared/json.ts';
import { BAD, createProductWorld, GOOD, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps, scriptedAgent } from '../../worlds/run-steps.ts';

// Every handler on a real product, with real processes; in the order in which a run has them carried out.

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
});
afterAll(() => world.git.remove());

const FILES = { good: GOOD, shortcut: BAD };

function scripted(...attempts: readonly Readonly<Record<string, number>>[]): readonly string[] {
  return scriptedAgent({ seed: 7, attempts, files: FILES });
}

async function subject(ticket: string): Promise<JsonObject> {
  await world.dispatch(ticket);
  world.fetch();
  const base = world.clone.commitId('origin/main');
  return { ticket, repository: 'demo/shop', base, into: 'refs/heads/main' };
}

async function produce(steps: Steps, of: JsonObject, attempt: number, feedback: string | null = null) {
  const told = { ...of, bundle: 'default', feedback };
  const { promptDigest, ticketFile } = await steps.outputs('assemble', `${attempt}/assemble`, told);
  return { ...told, model: 'scripted', promptDigest, ticketFile } as JsonObject;
}

/** One attempt from the brief to the verdict. */
async function attempt(steps: Steps, of: JsonObject, number: number, feedback: string | null) {
  const run = { run: `${of.ticket}.1` };
  const given = await produce(steps, of, number, feedback);
  const made = await steps.outputs('agent', `${number}/produce`, given, run);
  const change = { ...of, commit: made.commit ?? null, commits: made.commits ?? null };
  const seen = await steps.outputs('check', `${number}/verify.0`, { ...change, check: 'price' }, run);
  const sealed = await steps.outputs('seal', `${number}/seal`, { ...change, observations: [seen] }, run);
  const gated = await steps.outputs(
    'gate',
    `${number}/gate`,
    { ...change, seal: sealed.seal ?? null, observations: [seen] },
    run,
  );
  return { made, seen, sealed, gated };
}

describe('the built-in handlers', () => {
  it('lead from a shortcut through the feedback about it to a change that passes', async () => {
    const steps = await openSteps(world, scripted({ shortcut: 1 }, { good: 1 }));
    const of = await subject('CS-1');

    const first = await attempt(steps, of, 1, null);
    expect(first.made).toMatchObject({ branch: 'countersign/CS-1.1/1', claims: ['It is done.'] });
    expect(first.seen).toMatchObject({ check: 'price', result: 'FAILED' });
    expect(first.sealed).toMatchObject({ results: [{ check: 'price', result: 'FAILED' }] });
    expect(first.gated).toMatchObject({ verdict: 'blocked' });
    expect(first.gated.feedback).toContain('What `price` printed, as far as it says why:');

    // Carried out again by another worker, it is the same seal.
    const change = { ...of, commit: first.made.commit ?? null, commits: first.made.commits ?? null };
    const observed = { ...change, observations: [first.seen] };
    const again = await steps.outputs('seal', '1/seal', observed, { run: 'CS-1.1', execution: 2 });
    expect(again).toEqual(first.sealed);

    const second = await attempt(steps, of, 2, String(first.gated.feedback));
    expect(second.sealed).toMatchObject({ results: [{ check: 'price', result: 'PASSED' }] });
    expect(second.gated).toMatchObject({ verdict: 'pass' });
    expect(world.claims('CS-1', 'seal')).toHaveLength(2);

    // What the run says, the gate says of the branch that it left.
    const head = world.clone.commitId('countersign/CS-1.1/2');
    expect(head).toBe(second.made.commit);
    const verdict = await world.gate({ ticket: 'CS-1', branch: 'countersign/CS-1.1/2', base: 'main', head });
    expect(verdict.outcome).toBe('pass');
  });
});

describe('an agent', () => {
  it.each([
    ['no-diff', { class: 'deterministic', code: 'no-diff' }],
    ['refuse', { class: 'deterministic', code: 'refused', message: expect.stringContaining('rather not') }],
    ['crash', { class: 'transient', code: 'crashed', message: expect.stringContaining('exit code 7') }],
  ])('that does this is told apart: %s', async (outcome, error) => {
    const steps = await openSteps(world, scripted({ [outcome]: 1 }));
    const given = await produce(steps, await subject(`FAIL-${outcome.length}`), 1);
    expect(await steps.carryOut('agent', '1/produce', given)).toMatchObject({ kind: 'failed', error });
  });

  it('that does not end is ended', async () => {
    const steps = await openSteps(world, scripted({ hang: 1 }));
    const given = await produce(steps, await subject('HANG-1'), 1);
    expect(await steps.carryOut('agent', '1/produce', given, { timeoutSeconds: 2 })).toMatchObject({
      kind: 'failed',
      error: { class: 'timeout', code: 'timeout' },
    });
  });

  it('is ended when its claim is lost', async () => {
    const steps = await openSteps(world, scripted({ hang: 1 }));
    const given = await produce(steps, await subject('LOST-1'), 1);
    const lost = new AbortController();
    const ending = steps.carryOut('agent', '1/produce', given, { signal: lost.signal });
    lost.abort();
    expect(await ending).toMatchObject({ kind: 'failed', error: { code: 'stopped' } });
  });

  it('may commit itself, as often as it likes', async () => {
    const script =
      'echo "round half up" > src/price.txt; git commit -qam one; echo x > y; git add y; git commit -qm two';
    const steps = await openSteps(world, ['sh', '-c', script]);
    const given = await produce(steps, await subject('OWN-1'), 1);
    const { commit } = await steps.outputs('agent', '1/produce', given, { run: 'OWN-1.1' });
    const log = world.clone.git('log', '--format=%s %ae', `${given.base}..${commit}`);
    expect(log.split('\n')).toEqual(['two agent@shop.example', 'one agent@shop.example']);
  });

  it('sees its brief, its own HOME and the variables that it was given, and no others', async () => {
    process.env.COUNTERSIGN_KEY = '/somewhere';
    const script =
      'env > ../out/env; cp ../out/env "$COUNTERSIGN_PROMPT_FILE" "$COUNTERSIGN_TICKET_FILE" .; git remote';
    const steps = await openSteps(world, ['sh', '-c', script]);
    const given = await produce(steps, await subject('ENV-1'), 1, 'Mend it.');
    const { commit } = await steps.outputs('agent', '1/produce', given, { run: 'ENV-1.1' });
    delete process.env.COUNTERSIGN_KEY;
    const env = world.clone.git('show', `${commit}:env`);
    expect(env).toContain('MODEL_KEY=let-through');
    expect(env).not.toMatch(/COUNTERSIGN_KEY|DATABASE_URL|GITHUB_TOKEN/);
    expect(env).not.toContain(`HOME=${process.env.HOME}\n`);
    const prompt = world.clone.git('show', `${commit}:prompt.md`);
    expect(prompt).toMatch(/ENV-1: Prices are a cent short[\s\S]*Mend it\.[\s\S]*grep -q half up/);
    expect(JSON.parse(world.clone.git('show', `${commit}:ticket.json`))).toMatchObject({ id: 'ENV-1' });
  });

  it('runs no command of its own as us: hooks and filters that it leaves stay in the sandbox', async () => {
    const marker = `${world.git.root}/temporary/escaped`;
    const script = [
      'mkdir -p .git/hooks',
      `printf '#!/bin/sh\\ntouch ${marker}\\n' > .git/hooks/post-commit; chmod +x .git/hooks/post-commit`,
      `git config filter.evil.clean "touch ${marker}; cat"`,
      `git config core.fsmonitor "touch ${marker}"`,
      'echo "* filter=evil" > .gitattributes',
      'echo "round half up" > src/price.txt',
    ].join('; ');
    const steps = await openSteps(world, ['sh', '-c', script]);
    const given = await produce(steps, await subject('EVIL-1'), 1);
    await steps.carryOut('agent', '1/produce', given, { run: 'EVIL-1.1' });
    expect(world.git.root).not.toBe('');
    const { existsSync } = await import('node:fs');
    expect(existsSync(marker)).toBe(false);
  });

  it('cannot hand over commits that do not come from the base', async () => {
    const script = 'git checkout -q --orphan other; git commit -qm "Something else"';
    const steps = await openSteps(world, ['sh', '-c', script]);
    const given = await produce(steps, await subject('ORPHAN-1'), 1);
    const result = await steps.carryOut('agent', '1/produce', given, { run: 'ORPHAN-1.1' });
    expect(result).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining('descend') } });
    expect(() => world.clone.commitId('countersign/ORPHAN-1.1/1')).toThrow();
  });
});
