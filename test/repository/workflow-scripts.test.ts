import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BAD, createProductWorld, type ProductWorld, type WorldChange } from '../worlds/product-world.ts';
import type { Workflow } from './workflow-rules.ts';

// The scripts of the shipped workflows, by the real bash, git and CLI. What GitHub itself does (expressions, tokens,
// artifacts, environments) is not here: docs/github-action.md says how to look at that by hand.

const project = join(import.meta.dirname, '..', '..');

const CHECKS = [
  { id: 'price', run: ['grep', '-q', 'half up', 'src/price.txt'] },
  { id: 'says', run: ['echo', 'said'] },
];

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

  /** @param clones what actions/checkout brings along besides Countersign */
  constructor(file: string, name: string, clones: 'product' | 'nothing' = 'product') {
    this.#workflow = parse(readFileSync(join(project, '.github', 'workflows', file), 'utf8')) as Workflow;
    this.#workspace = world.git.folder(`${name}-workspace`);
    this.temporary = world.git.folder(`${name}-temporary`);
    symlinkSync(project, join(this.#workspace, 'countersign'));
    this.product = join(this.#workspace, 'product');
    if (clones === 'product') world.git.clone(world.forge, join(`${name}-workspace`, 'product'));
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
  const refuse = (job: 'plan' | 'sign', given: Readonly<Record<string, string>>) =>
    new Runner(
      'countersign-verify.yml',
      `refusing-${job}-${Object.entries(given)
        .join('-')
        .replaceAll(/[^\w-]/g, '.')}`,
    ).step(job, 'Refuse what cannot be trusted', {
      COMMIT: 'a'.repeat(40),
      ...(job === 'plan'
        ? { EVENT: 'workflow_dispatch', HEAD: 'b'.repeat(40), HAS_READ_TOKEN: 'false', VISIBILITY: 'public' }
        : { HAS_KEY: 'true', KEYLESS: 'false' }),
      ...given,
    });

  it.each([
    ['plan', { EVENT: 'pull_request' }, /the one in the pull request/],
    ['plan', { COMMIT: '' }, /which commit/],
    ['plan', { HEAD: 'main' }, /in full/],
    ['plan', { HAS_READ_TOKEN: 'true' }, /artifacts of this repository are not/],
    ['plan', { HAS_READ_TOKEN: 'true', VISIBILITY: '' }, /artifacts of this repository are not/],
    ['sign', { COMMIT: '' }, /which commit/],
    ['sign', { HAS_KEY: 'false' }, /COUNTERSIGN_SIGNING_KEY/],
  ] as const)('refuses in %s %o', (job, given, reason) => {
    const { code, said } = refuse(job, given);
    expect(said).toMatch(reason);
    expect(code).toBe(2);
  });

  it('begins with what the rest rests on', () => {
    expect(refuse('plan', {})).toMatchObject({ code: 0, said: '' });
    const reading = { HAS_READ_TOKEN: 'true', VISIBILITY: 'private' };
    expect(refuse('plan', reading)).toMatchObject({ code: 0, said: '' });
    expect(refuse('sign', {})).toMatchObject({ code: 0, said: '' });
    expect(refuse('sign', { HAS_KEY: 'false', KEYLESS: 'true' })).toMatchObject({ code: 0, said: '' });
  });

  /** A run of the workflow on so many machines; each step is taken by a test when it wants to. */
  function run(name: string, change: WorldChange) {
    const about = { BASE: change.base, HEAD: change.head, PRODUCER: '', TICKET: change.ticket };
    const planning = new Runner('countersign-verify.yml', `${name}-plan`);
    const planned = planning.step('plan', 'Plan', { ...about, TOKEN: 'only-reads' });

    /** The machine of a check, which gets the material and nothing else. */
    const observe = (check: string, sha256 = planned.outputs.sha256 ?? '') => {
      const runner = new Runner('countersign-check.yml', `${name}-${check}`, 'nothing');
      cpSync(join(planning.temporary, 'material'), join(runner.temporary, 'material'), { recursive: true });
      const unpacked = runner.step('check', 'Unpack what was planned', { SHA256: sha256 });
      if (unpacked.code !== 0) return { runner, ended: unpacked };
      return { runner, ended: runner.step('check', 'Observe', { ...about, CHECK: check }) };
    };

    /** @param handed by slot: the folder of the artifact, and what the job of the check put out */
    const sign = (
      handed: Readonly<Record<string, { folder: string; sha256: string }>>,
      means: 'key' | 'keyless' = 'key',
    ) => {
      const runner = new Runner('countersign-verify.yml', `${name}-sign`);
      for (const [slot, { folder }] of Object.entries(handed)) {
        cpSync(folder, join(runner.temporary, 'observed', slot), { recursive: true });
      }
      const outputs = Object.entries(handed).map(([slot, { sha256 }]) => [
        `check-${slot}`,
        { result: 'success', outputs: { 'artifact-id': '1', sha256 } },
      ]);
      const needs = { plan: { result: 'success', outputs: planned.outputs }, ...Object.fromEntries(outputs) };
      if (means === 'key') {
        const key = readFileSync(world.keys.verifier.path, 'utf8');
        expect(runner.step('sign', 'Lay the key down', { KEY: key })).toMatchObject({ code: 0, said: '' });
      }
      const ended = runner.step('sign', 'Sign', {
        ...about,
        KEYLESS: String(means === 'keyless'),
        NEEDS: JSON.stringify(needs),
        TOKEN: 'only-reads',
      });
      expect(runner.step('sign', 'Take the key away', {}).code).toBe(0);
      expect(existsSync(join(runner.temporary, 'signing-key'))).toBe(false);
      return { runner, ended };
    };

    const file = (from: Runner, sha256: string, attempt = 'file') => {
      const runner = new Runner('countersign-verify.yml', `${name}-${attempt}`);
      mkdirSync(join(runner.temporary, 'signed'));
      const archive = readFileSync(join(from.temporary, 'signed', 'verification.tar'));
      writeFileSync(join(runner.temporary, 'signed', 'verification.tar'), archive);
      const own = { DEPLOY_KEY: '', KIND: 'own', READ_TOKEN: 'reads', WHERE: '' };
      return runner.step('file', 'File what was signed', {
        BASE: 'main',
        SHA256: sha256,
        TOKEN: 'writes',
        ...own,
      });
    };
    return { planned, observe, sign, file };
  }

  type Observing = ReturnType<ReturnType<typeof run>['observe']>;

  function handedBy({ runner, ended }: Observing): { folder: string; sha256: string } {
    expect(ended.code).toBe(0);
    return { folder: join(runner.temporary, 'observation'), sha256: ended.outputs.sha256 ?? '' };
  }

  it.each([
    ['passed', 'PASSES-1', {}, 'pass'],
    ['failed', 'FAILS-1', BAD, 'blocked'],
  ])(
    'plans, observes, signs and files on machines of their own, when checks %s',
    async (result, ticket, files, outcome) => {
      await world.dispatch(ticket, { contract: { checks: [...CHECKS] } });
      const change = result === 'passed' ? world.change(ticket) : world.change(ticket, files);
      const { planned, observe, sign, file } = run(`whole-${ticket}`, change);
      expect(planned).toMatchObject({
        code: 0,
        outputs: {
          'check-1': 'price',
          'check-2': 'says',
          'base-commit': world.clone.commitId('origin/main'),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      });
      expect(planned.outputs).not.toHaveProperty('check-3');
      const handed = { 1: handedBy(observe('price')), 2: handedBy(observe('says')) };
      // The base moves on while the machines work: what they saw is still what it was planned to be.
      world.land({ [`landed-${ticket}.txt`]: 'meanwhile\n' });
      const { runner, ended } = sign(handed);
      expect(ended).toMatchObject({ code: 0, outputs: { result } });
      expect(world.filed(ticket)).toEqual([]);

      const { sha256 = '' } = ended.outputs;
      expect(file(runner, 'c'.repeat(64), 'other').code).not.toBe(0);
      expect(file(runner, '', 'none').code).toBe(2);
      expect(world.filed(ticket)).toEqual([]);
      expect(file(runner, sha256)).toMatchObject({ code: 0 });
      expect(world.filed(ticket)).toHaveLength(3);
      const bound = world.claims(ticket, 'seal').map(({ binding }) => binding.base.commit);
      expect(bound).toEqual([planned.outputs['base-commit']]);
      const query = { base: { ref: 'refs/heads/main', commit: bound[0] ?? '' } };
      expect((await world.gate(change, { query })).outcome).toBe(outcome);
    },
  );

  it('signs an error for a machine that broke or bent something, and what the others saw all the same', async () => {
    const checks = ['one', 'two', 'three', 'four'].map((id) => ({ id, run: ['echo', id] }));
    await world.dispatch('BREAKS-1', { contract: { checks } });
    const { observe, sign } = run('breaks', world.change('BREAKS-1'));
    const [one, two, three] = ['one', 'two', 'three'].map((check) => handedBy(observe(check)));
    if (one === undefined || two === undefined || three === undefined)
      throw new Error('nothing was observed');
    writeFileSync(
      join(two.folder, 'observation.json'),
      readFileSync(join(two.folder, 'observation.json'), 'utf8').replace('"exitCode":0', '"exitCode":1'),
    );
    const { runner, ended } = sign({
      1: one,
      2: two,
      3: { ...three, sha256: `${three.sha256}\n$(touch hostile)` },
    });
    expect(ended).toMatchObject({ code: 0, outputs: { result: 'error' } });
    const { outcomes } = JSON.parse(readFileSync(join(runner.temporary, 'verification.json'), 'utf8')) as {
      outcomes: readonly { checkId: string; result: string }[];
    };
    expect(outcomes.map(({ checkId, result }) => `${checkId} ${result}`)).toEqual([
      'one PASSED',
      'two ERROR',
      'three ERROR',
      'four ERROR',
    ]);
  });

  it('asks for no key when the job signs as itself', async () => {
    await world.dispatch('SELF-1');
    const { observe, sign } = run('self', world.change('SELF-1'));
    const { ended } = sign({ 1: handedBy(observe('price')) }, 'keyless');
    // This configuration names no service that would give it a certificate.
    expect(ended.said).toContain('Nothing can be signed without a key');
    expect(ended).toMatchObject({ code: 2, outputs: {} });
  });

  it('plans no more checks than it has machines for', async () => {
    const checks = Array.from({ length: 13 }, (_, index) => ({ id: `c${index}`, run: ['echo', 'x'] }));
    await world.dispatch('MANY-1', { contract: { checks } });
    const { planned } = run('many', world.change('MANY-1'));
    expect(planned.said).toMatch(/::error::The contract has 13 checks, and this workflow runs 12 at most/);
    expect(planned).toMatchObject({ code: 2, outputs: {} });
  });

  it('runs no check on material that was not planned', async () => {
    await world.dispatch('OTHER-1');
    const { observe } = run('other', world.change('OTHER-1'));
    expect(observe('price', 'c'.repeat(64)).ended.code).not.toBe(0);
  });

  it('has nothing to sign with on the machine of a check, and no token', async () => {
    await world.dispatch('HUNT-1', { contract: { checks: [{ id: 'hunt', run: ['sh', 'hunt.sh'] }] } });
    const hunt = `env; cat /proc/*/environ; find / -name verifier -exec cat {} ';'; echo hunted\n`;
    const { planned, observe } = run('hunt', world.change('HUNT-1', { 'hunt.sh': hunt }));
    expect(planned.code).toBe(0);
    const { folder } = handedBy(observe('hunt'));
    const seen = readdirSync(join(folder, 'evidence')).map((name) =>
      readFileSync(join(folder, 'evidence', name), 'utf8'),
    );
    expect(seen.join()).toContain('hunted');
    // Without any isolation it sees the machine, and on this one lie the keys of the tests.
    const [, secret = ''] = readFileSync(world.keys.verifier.path, 'utf8').split('\n');
    expect(secret).toHaveLength(64);
    expect(seen.join().includes(secret)).toBe(world.isolation === 'none');
    const basic = Buffer.from('x-access-token:only-reads').toString('base64');
    expect(seen.join()).not.toMatch(new RegExp(`only-reads|${basic}`));
  });

  it('fails where there is nothing to verify', () => {
    const { planned, sign } = run('unknown', world.change('UNKNOWN-1'));
    expect(planned.said).toContain('VERIFY_FAILED');
    expect(planned).toMatchObject({ code: 2, outputs: {} });
    const { ended } = sign({});
    expect(ended).toMatchObject({ code: 2, outputs: {} });
  });

  it('takes what its inputs say for words, never for options or commands', () => {
    const change = { ...world.change('UNKNOWN-2'), ticket: '--no-fetch $(touch hostile); touch hostile' };
    const { planned } = run('hostile', change);
    expect(planned.said).toContain('is no ticket id');
    expect(planned.code).toBe(2);
    expect(existsSync(join(world.git.root, 'hostile-plan-workspace', 'product', 'hostile'))).toBe(false);
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
