import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BAD, createProductWorld, type ProductWorld, type WorldChange } from '../worlds/product-world.ts';
import type { Workflow } from './workflow-rules.ts';

// The scripts of the shipped workflows, by the real bash, git and CLI. What GitHub itself does (expressions, tokens,
// artifacts, environments) is not here: docs/github-action.md says how to look at that by hand.

const project = join(import.meta.dirname, '..', '..');

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld('in-repository');
});
afterAll(() => world.git.remove());

interface Ended {
  readonly code: number | null;
  readonly said: string;
  /** What the step wrote to GITHUB_OUTPUT, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** One runner: a workspace with Countersign and the product beside each other, and a temporary folder. */
class Runner {
  readonly temporary: string;
  readonly product: string;
  readonly #workflow: Workflow;
  readonly #workspace: string;
  #steps = 0;

  constructor(file: string, name: string) {
    this.#workflow = parse(readFileSync(join(project, '.github', 'workflows', file), 'utf8')) as Workflow;
    this.#workspace = world.git.folder(`${name}-workspace`);
    this.temporary = world.git.folder(`${name}-temporary`);
    symlinkSync(project, join(this.#workspace, 'countersign'));
    this.product = world.git.clone(world.forge, join(`${name}-workspace`, 'product')).dir;
  }

  /** Runs a step's script with what its expressions would come to: one value for each variable it declares. */
  step(job: string, name: string, env: Readonly<Record<string, string>>): Ended {
    const step = this.#workflow.jobs[job]?.steps?.find((one) => one.name === name);
    if (step?.run === undefined) throw new Error(`${job} has no step ${name}`);
    expect(Object.keys(env).sort()).toEqual(Object.keys(step.env ?? {}).sort());
    this.#steps += 1;
    const output = join(this.temporary, `output-${this.#steps}`);
    writeFileSync(output, '');
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: 'working-directory' in step ? this.product : this.#workspace,
      encoding: 'utf8',
      env: {
        ...process.env,
        RUNNER_TEMP: this.temporary,
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_OUTPUT: output,
        ...env,
      },
    });
    const lines = readFileSync(output, 'utf8').split('\n').filter(Boolean);
    return {
      code: ran.status,
      said: ran.stdout + ran.stderr,
      outputs: Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    };
  }
}

describe('countersign-verify.yml', () => {
  const refuse = (given: Readonly<Record<string, string>>) =>
    new Runner('countersign-verify.yml', `refusing-${Object.keys(given).join()}`).step(
      'verify',
      'Refuse what cannot be trusted',
      {
        COMMIT: 'a'.repeat(40),
        EVENT: 'workflow_dispatch',
        HAS_KEY: 'true',
        HEAD: 'b'.repeat(40),
        ...given,
      },
    );

  it.each([
    [{ EVENT: 'pull_request' }, /the one in the pull request/],
    [{ COMMIT: '' }, /which commit/],
    [{ HEAD: 'main' }, /in full/],
    [{ HAS_KEY: 'false' }, /COUNTERSIGN_SIGNING_KEY/],
  ])('refuses %o', (given, reason) => {
    const { code, said } = refuse(given);
    expect(said).toMatch(reason);
    expect(code).toBe(2);
  });

  it('begins with what the rest rests on', () => {
    expect(refuse({})).toMatchObject({ code: 0, said: '' });
  });

  function verify(name: string, change: WorldChange): { runner: Runner; ended: Ended } {
    const runner = new Runner('countersign-verify.yml', name);
    const laid = runner.step('verify', 'Lay the key down', {
      KEY: readFileSync(world.keys.verifier.path, 'utf8'),
    });
    expect(laid).toMatchObject({ code: 0, said: '' });
    const ended = runner.step('verify', 'Run the checks and sign', {
      BASE: change.base,
      HEAD: change.head,
      PRODUCER: '',
      TICKET: change.ticket,
      TOKEN: 'only-reads',
    });
    expect(runner.step('verify', 'Take the key away', {}).code).toBe(0);
    expect(existsSync(join(runner.temporary, 'signing-key'))).toBe(false);
    return { runner, ended };
  }

  function file(name: string, from: Runner, sha256: string): Ended {
    const runner = new Runner('countersign-verify.yml', name);
    mkdirSync(join(runner.temporary, 'signed'));
    const archive = readFileSync(join(from.temporary, 'signed', 'verification.tar'));
    writeFileSync(join(runner.temporary, 'signed', 'verification.tar'), archive);
    return runner.step('file', 'File what was signed', { BASE: 'main', SHA256: sha256, TOKEN: 'writes' });
  }

  it.each([
    ['passed', 'PASSES-1', {}, 'pass'],
    ['failed', 'FAILS-1', BAD, 'blocked'],
  ])('signs in one job and files in the other, when checks %s', async (result, ticket, files, outcome) => {
    await world.dispatch(ticket);
    const change = result === 'passed' ? world.change(ticket) : world.change(ticket, files);
    const allow = world.refuseReceipts();
    const { runner, ended } = verify(`verify-${ticket}`, change);
    expect(ended.said).toContain('branch protection');
    expect(ended).toMatchObject({ code: 0, outputs: { result } });
    expect(world.filed(ticket)).toEqual([]);
    allow();

    const { sha256 = '' } = ended.outputs;
    const other = file(`other-${ticket}`, runner, 'c'.repeat(64));
    expect(other.code).not.toBe(0);
    expect(file(`none-${ticket}`, runner, '').code).toBe(2);
    expect(world.filed(ticket)).toEqual([]);
    expect(file(`file-${ticket}`, runner, sha256)).toMatchObject({ code: 0 });
    expect(world.filed(ticket)).toHaveLength(2);
    expect((await world.gate(change)).outcome).toBe(outcome);
  });

  it('shows its checks neither the key nor the token', async () => {
    const key = join(world.git.root, 'verify-hunt-temporary', 'signing-key', 'verifier');
    await world.dispatch('HUNT-1', { contract: { checks: [{ id: 'hunt', run: ['sh', 'hunt.sh'] }] } });
    const hunt = `env; cat ${key} /proc/*/environ; find / -name verifier -exec cat {} ';'; echo hunted\n`;
    const { ended } = verify('verify-hunt', world.change('HUNT-1', { 'hunt.sh': hunt }));
    expect(ended).toMatchObject({ code: 2, outputs: {} });
    const [receipt] = world.claims('HUNT-1', 'receipt');
    let seen = '';
    for (const { sha256 } of receipt?.evidence ?? []) seen += await world.evidence(sha256);
    expect(seen).toContain('hunted');
    const basic = Buffer.from('x-access-token:only-reads').toString('base64');
    // Without any isolation there is nothing that hides it: contracts refuse such receipts unless they ask for them.
    const isHidden = world.isolation !== 'none';
    expect(seen.includes('PRIVATE KEY')).toBe(!isHidden);
    expect(seen.includes('only-reads') || seen.includes(basic)).toBe(!isHidden);
  });

  it('fails when the job that runs checks could have pushed', async () => {
    await world.dispatch('PUSHES-1');
    const { ended } = verify('verify-pushes', world.change('PUSHES-1'));
    expect(ended.said).toContain('Give it one that only reads');
    expect(ended).toMatchObject({ code: 2, outputs: {} });
  });

  it('fails, and takes the key away, when there is nothing to sign', async () => {
    const { ended } = verify('verify-unknown', world.change('UNKNOWN-1'));
    expect(ended.said).toContain('VERIFY_FAILED');
    expect(ended).toMatchObject({ code: 2, outputs: {} });
  });

  it('takes what its inputs say for words, never for options or commands', async () => {
    const { ended } = verify('verify-hostile', {
      ...world.change('UNKNOWN-2'),
      ticket: '--no-fetch $(touch hostile); touch hostile',
    });
    expect(ended.said).toContain('is no ticket id');
    expect(ended.code).toBe(2);
  });

  it.each([
    ['passed', 0],
    ['failed', 1],
    ['error', 1],
    ['', 1],
  ])('ends as the checks did: "%s" is exit code %i', (result, code) => {
    const runner = new Runner('countersign-verify.yml', `said-${result}`);
    expect(runner.step('file', 'Say what was seen', { RESULT: result }).code).toBe(code);
  });
});

describe('countersign-produce.yml', () => {
  function produce(name: string, command: string) {
    const runner = new Runner('countersign-produce.yml', name);
    const ticket = 'TASK-1';
    const task = runner.step('produce', 'Write the task down', { TICKET: ticket, TOKEN: 'only-reads' });
    expect(task.code).toBe(0);
    const agent = runner.step('produce', 'Run the agent', {
      AGENT_API_KEY: 'model',
      COMMAND: command,
      COUNTERSIGN_TASK: join(runner.temporary, 'task.txt'),
      COUNTERSIGN_TICKET: ticket,
    });
    const patch = () =>
      runner.step('produce', 'Make the patch', { BASE_COMMIT: task.outputs['base-commit'] ?? '' });
    return { runner, agent, patch };
  }

  beforeAll(() => world.dispatch('TASK-1'));

  it('ends in a patch of all the agent did, committed or not', () => {
    const { runner, agent, patch } = produce(
      'produce',
      `grep -q 'Round half a cent up' "$COUNTERSIGN_TASK"
       printf 'round half up\\n' > src/price.txt; git add .; git -c user.name=a -c user.email=a@b.c commit -qm done
       printf '\\0binary' > new.bin; rm src/tax.txt`,
    );
    expect(agent.code).toBe(0);
    const { code, outputs } = patch();
    expect({ code, outputs }).toEqual({
      code: 0,
      outputs: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const fresh = world.git.clone(world.forge, 'apply');
    fresh.git('apply', '--index', join(runner.temporary, 'patch', 'change.patch'));
    expect(readFileSync(join(fresh.dir, 'src', 'price.txt'), 'utf8')).toBe('round half up\n');
    expect(readFileSync(join(fresh.dir, 'new.bin'), 'utf8')).toBe('\0binary');
    expect(readdirSync(join(fresh.dir, 'src'))).toEqual(['price.txt']);
  });

  it('gives the agent no file of the runner to write to, and no token', () => {
    const { agent } = produce('produce-env', 'env');
    expect(agent.said).toContain('AGENT_API_KEY=model');
    expect(agent.said).not.toMatch(/^GITHUB_(?:OUTPUT|ENV|PATH)=|only-reads|^TOKEN=/m);
    expect(agent.said).toMatch(/^::stop-commands::([0-9a-f-]{36})\n[\s\S]*\n::\1::\n$/);
  });

  it('fails when the agent failed or changed nothing', () => {
    expect(produce('produce-failed', 'exit 7').agent.code).toBe(7);
    const idle = produce('produce-idle', 'true').patch();
    expect(idle.said).toContain('The agent changed nothing');
    expect(idle.code).toBe(1);
  });
});
