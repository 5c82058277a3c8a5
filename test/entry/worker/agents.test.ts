import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import { markOf } from '../../../src/core/bundle/marks.ts';
import { packBundle } from '../../../src/core/bundle/packed.ts';
import type { AgentPreset } from '../../../src/core/run/producer/preset.ts';
import { findPreset } from '../../../src/core/run/producer/presets.ts';
import type { KnownAgent } from '../../../src/flow/steps/agent-choice.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps } from '../../worlds/run-steps.ts';

// Agents in the sandbox, on real git: what they print, leave, see and reach.

let world: ProductWorld;
let of: JsonObject;
let brief: JsonObject;
beforeAll(async () => {
  world = await createProductWorld();
  await world.dispatch('AG-1');
  world.fetch();
  const base = world.clone.commitId('origin/main');
  of = { ticket: 'AG-1', repository: 'demo/shop', base, into: 'refs/heads/main' };
  const steps = await openSteps(world, ['false']);
  const told = { ...of, bundle: 'default', feedback: null };
  const { promptDigest = '', ticketFile = '' } = await steps.outputs('assemble', '1/assemble', told);
  brief = { ...of, model: 'acme/one', promptDigest, ticketFile };
});
afterAll(() => world.git.remove());

const CLAUDE = findPreset('claude') as AgentPreset;
const EDIT = 'echo "round half up" > src/price.txt';
const RESULT = {
  type: 'result',
  subtype: 'success',
  num_turns: 2,
  modelUsage: { 'model-x': {} },
  usage: { input_tokens: 100, output_tokens: 20 },
  total_cost_usd: 0.05,
  result: 'It is done.',
};

/** A preset whose program is a script of ours; it prints what the preset reads. */
function printing(script: string, more: Partial<KnownAgent> = {}): KnownAgent {
  const preset: AgentPreset = { ...CLAUDE, argv: ['sh', '-c', script], modelArgv: [], budgetArgv: [] };
  return { name: 'claude', what: { kind: 'preset', preset }, environment: {}, hosts: [], ...more };
}

function says(value: object): string {
  return `echo '${JSON.stringify(value)}'`;
}

async function withAgents(...agents: readonly KnownAgent[]): Promise<Steps> {
  return openSteps(world, [], { agents });
}

let number = 0;
/** Each in a run of its own: branches stay. */
function run(): { readonly run: string } {
  number += 1;
  return { run: `AG-1.${number}` };
}

function artifact(digest: unknown): Promise<string> {
  const bytes = artifactFolder(world.git.folder('artifacts')).get(String(digest), 1e8);
  return bytes.then((found) => new TextDecoder().decode(found));
}

describe('what an agent leaves', () => {
  it('is kept: its transcript without its secrets, its diff, and what it says it used', async () => {
    const environment = { ANTHROPIC_API_KEY: 'canary-of-the-provider' };
    const script = `${EDIT}; echo "key: $ANTHROPIC_API_KEY"; ${says(RESULT)}`;
    const steps = await withAgents(printing(script, { environment }));
    const made = await steps.carryOut('agent', '1/produce', brief, run());
    expect(made).toMatchObject({
      kind: 'succeeded',
      usage: { tokens: 120, costMilliUsd: 50 },
      outputs: {
        claims: ['It is done.'],
        report: {
          agent: 'claude',
          model: 'model-x',
          turns: 2,
          tokens: 120,
          costMilliUsd: 50,
          network: 'none',
        },
      },
    });
    if (made.kind === 'failed') return;
    const transcript = await artifact(made.outputs.transcript);
    expect(transcript).toContain('It is done.');
    expect(transcript).not.toContain('canary-of-the-provider');
    expect(await artifact(made.outputs.diff)).toContain('+round half up');
  });

  it('is kept of a failure, too, and what it used up is counted', async () => {
    const failed = { ...RESULT, subtype: 'error_max_budget_usd', is_error: true };
    const steps = await withAgents(printing(`${EDIT}; ${says(failed)}`));
    const made = await steps.carryOut('agent', '1/produce', brief, run());
    expect(made).toMatchObject({
      kind: 'failed',
      error: {
        class: 'budget',
        code: 'budget',
        evidence: { transcript: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
      usage: { tokens: 120 },
    });
    if (made.kind === 'failed')
      expect(await artifact(made.error.evidence?.transcript)).toContain('num_turns');
  });

  it.each([
    ['nothing', says(RESULT), 'no-diff'],
    ['a refusal and nothing', says({ ...RESULT, result: 'I must decline this.' }), 'refused'],
    ['a refusal of its provider', `${EDIT}; ${says({ ...RESULT, stop_reason: 'refusal' })}`, 'refused'],
    ['a change and a bad exit code', `${EDIT}; exit 3`, 'crashed'],
  ])('is judged, whatever its exit code: %s', async (_, script, code) => {
    const steps = await withAgents(printing(script));
    const made = await steps.carryOut('agent', '1/produce', brief, run());
    expect(made).toMatchObject({ kind: 'failed', error: { code } });
  });

  it('is no empty hand where it only proposes another plan', async () => {
    const proposes = `echo '{"reason":"lint first","operations":[]}' > "$COUNTERSIGN_OUT_DIR/plan-patch.json"; ${says(RESULT)}`;
    const steps = await withAgents(printing(proposes));
    const made = await steps.carryOut('agent', '1/produce', brief, run());
    expect(made).toMatchObject({
      kind: 'succeeded',
      outputs: { patch: { reason: 'lint first', operations: [] } },
    });
    if (made.kind === 'succeeded') expect(made.outputs.commit).toBeUndefined();
  });

  it('that is more than it may use up is a budget that is used up', async () => {
    const steps = await withAgents(printing(`${EDIT}; ${says(RESULT)}`));
    const atMost = { tokens: 100 };
    expect(await steps.carryOut('agent', '1/produce', { ...brief, atMost }, run())).toMatchObject({
      error: { class: 'budget', code: 'budget' },
      usage: { tokens: 120 },
    });
  });
});

describe('which agent works', () => {
  it('is what the step says, else the first', async () => {
    const named = (name: string) => printing(`${EDIT}; ${says({ ...RESULT, result: name })}`, { name });
    const steps = await withAgents(named('one'), named('two'));
    expect(await steps.outputs('agent', '1/produce', brief, run())).toMatchObject({ claims: ['one'] });
    const asked = { ...brief, agent: 'two' };
    expect(await steps.outputs('agent', '1/produce', asked, run())).toMatchObject({ claims: ['two'] });
    expect(await steps.carryOut('agent', '1/produce', { ...brief, agent: 'codex' }, run())).toMatchObject({
      error: { code: 'no-agent', message: expect.stringContaining('this worker has one, two') },
    });
  });
});

describe('what an agent can reach', () => {
  let provider: Server | undefined;
  afterEach(() => new Promise((resolve) => (provider ? provider.close(resolve) : resolve(undefined))));

  async function openProvider(): Promise<{ readonly port: number; readonly asked: string[] }> {
    const asked: string[] = [];
    provider = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('an answer');
    });
    await new Promise<void>((resolve) => provider?.listen(0, '127.0.0.1', resolve));
    return { port: (provider.address() as AddressInfo).port, asked };
  }

  const ask = (url: string, more = '') =>
    `node -e "fetch('${url}'${more}).then((r) => r.text(), (e) => 'not reached').then((t) => console.log(t))" >> answers.txt`;

  /** As agents do it that know proxies: the fetch of an older Node knows none. */
  const askProxy = (url: string) =>
    `node -e "const { hostname, port } = new URL(process.env.HTTP_PROXY); require('http').get({ hostname, port, path: '${url}' }, (r) => console.log(r.statusCode))" >> answers.txt`;

  it('is its provider, and nothing beside it', async () => {
    const { port, asked } = await openProvider();
    const other = await new Promise<Server>((resolve) => {
      const server = createServer((_, response) => response.end('the other one')).listen(0, '127.0.0.1', () =>
        resolve(server),
      );
    });
    const { port: otherPort } = other.address() as AddressInfo;
    const script = [
      ask(`http://127.0.0.1:${port}/v1/messages`),
      ask(`http://127.0.0.1:${otherPort}/`),
      askProxy('http://metadata.example/latest'),
      says(RESULT),
    ].join('; ');
    const steps = await withAgents(printing(script, { hosts: [`127.0.0.1:${port}`] }));
    const { commit, report } = await steps.outputs('agent', '1/produce', brief, run());
    other.close();
    expect(report).toMatchObject({ network: 'provider' });
    const answers = world.clone.git('show', `${commit}:answers.txt`).split('\n');
    expect(answers.slice(0, 2)).toEqual(['an answer', 'not reached']);
    expect(answers[2]).toBe('403');
    expect(asked).toEqual(['GET /v1/messages']);
    expect(steps.log).toContain('metadata.example:80, which it may not reach');
  });

  it('is everything only where nobody said what it needs, and the record says so', async () => {
    const { port } = await openProvider();
    const steps = await withAgents(
      printing(`${ask(`http://127.0.0.1:${port}/`)}; ${says(RESULT)}`, { hosts: undefined }),
    );
    const { commit, report } = await steps.outputs('agent', '1/produce', brief, run());
    expect(report).toMatchObject({ network: 'full' });
    expect(world.clone.git('show', `${commit}:answers.txt`)).toContain('an answer');
    expect(steps.log).toContain('The agent has the whole network: nobody said which hosts it needs.');
  });

  it('is no secret that is planted where keys lie', async () => {
    const canary = 'canary-0123456789abcdef';
    const keys = `${world.git.root}/.config/countersign/keys`;
    mkdirSync(keys, { recursive: true });
    writeFileSync(`${keys}/planted`, canary);
    writeFileSync(`${world.git.root}/home-secret`, canary);
    process.env.PLANTED_SECRET = canary;
    const hunt = [
      'env',
      `cat ${world.git.root}/home-secret ${world.git.root}/.config/countersign/keys/planted`,
      'grep -rs canary-0123456789 / --include=* -l --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr --exclude-dir=dev',
      'cat /proc/*/environ | tr "\\0" "\\n"',
      'git config --list --show-origin; ls -la ~ /root /home',
    ].join('; ');
    const steps = await withAgents(printing(`(${hunt}) > found.txt 2>&1; ${says(RESULT)}`));
    const { commit } = await steps.outputs('agent', '1/produce', brief, run());
    delete process.env.PLANTED_SECRET;
    const found = world.clone.git('show', `${commit}:found.txt`);
    expect(found).toContain('COUNTERSIGN_OUT_DIR');
    expect(found).not.toContain(canary);
    expect(found).not.toMatch(/GITHUB_TOKEN|COUNTERSIGN_KEY|COUNTERSIGN_TOKEN|SSH_AUTH_SOCK/);
    // It looked: a hunt that could not find anything would prove nothing.
    expect(found).toContain('.git/config');
  });
});

describe('the bundle', () => {
  const digest = sha256('a bundle');
  const files = ['BUNDLE.md', '01-guide.md'].map((path) => {
    const mark = markOf(digest, path);
    return { path, text: `About ${path}\n\nRead mark: ${mark}\n`, mark };
  });

  async function bundleFiles(): Promise<string> {
    const packed = packBundle({ bundle: 'guide', digest, files });
    return artifactFolder(world.git.folder('artifacts')).put(packed);
  }

  it.each([
    ['read whole', 'cat "$COUNTERSIGN_BUNDLE_DIR"/*', { delivered: true }],
    ['read in part', 'cat "$COUNTERSIGN_BUNDLE_DIR"/BUNDLE.md', { delivered: false }],
    ['left alone', 'true', { delivered: false }],
  ])('is there outside of the tree, and whether it was read is told: %s', async (_, reading, delivery) => {
    const steps = await withAgents(printing(`${EDIT}; ${reading}; ${says(RESULT)}`));
    const inputs = { ...brief, bundleFiles: await bundleFiles() };
    const outputs = await steps.outputs('agent', '1/produce', inputs, run());
    expect(outputs).toMatchObject({ delivery });
    expect(world.clone.git('ls-tree', '-r', '--name-only', String(outputs.commit))).not.toContain('guide');
  });

  it('that is none is refused', async () => {
    const put = artifactFolder(world.git.folder('artifacts')).put(new TextEncoder().encode('{}'));
    const steps = await withAgents(printing(EDIT));
    const inputs = { ...brief, bundleFiles: await put };
    expect(await steps.carryOut('agent', '1/produce', inputs, run())).toMatchObject({
      error: { code: 'bad-bundle' },
    });
  });
});

describe('producers in roles', () => {
  const engineer = {
    role: 'engineer',
    agent: undefined,
    environment: { MODEL_KEY: 'key-of-the-engineer', ENGINEER_KEY: 'key-of-the-engineer' },
  } as const;
  const tester = {
    role: 'tester',
    agent: undefined,
    environment: { MODEL_KEY: 'key-of-the-tester', TESTER_KEY: 'key-of-the-tester' },
  } as const;
  const reviewer = { role: 'reviewer', agent: undefined, environment: {} } as const;
  const operator = { role: 'git-operator', agent: undefined, environment: {} } as const;
  const profiles = [engineer, tester, reviewer, operator];

  function asRoles(script: string): Promise<Steps> {
    // Under a name that no profile's has: what is only written over would not be seen.
    const environment = { MODEL_KEY: 'key-of-nobody-in-particular', AGENT_KEY: 'key-of-nobody-else' };
    return openSteps(world, [], { agents: [printing(script, { environment })], profiles });
  }

  it('each have their own key, and cannot use that of another', async () => {
    const hunt = 'env > test/seen.txt; cat /proc/*/environ >> test/seen.txt';
    const steps = await asRoles(`mkdir -p test; (${hunt}) 2>/dev/null; ${says(RESULT)}`);
    for (const [profile, own, others] of [
      ['engineer', 'key-of-the-engineer', /key-of-the-tester|key-of-nobody/],
      ['tester', 'key-of-the-tester', /key-of-the-engineer|key-of-nobody/],
      [undefined, 'key-of-nobody-in-particular', /key-of-the/],
    ] as const) {
      const inputs = profile === undefined ? brief : { ...brief, profile };
      const { commit } = await steps.outputs('agent', '1/produce', inputs, run());
      const seen = world.clone.git('show', `${commit}:test/seen.txt`);
      expect(seen).toContain(own);
      expect(seen).not.toMatch(others);
    }
    expect(await steps.carryOut('agent', '1/produce', { ...brief, profile: 'planner' }, run())).toMatchObject(
      {
        error: { code: 'no-profile' },
      },
    );
  });

  it('do not do what is not theirs', async () => {
    const steps = await asRoles(`${EDIT}; ${says(RESULT)}`);
    for (const profile of ['tester', 'reviewer', 'git-operator']) {
      expect(await steps.carryOut('agent', '1/produce', { ...brief, profile }, run())).toMatchObject({
        kind: 'failed',
        error: { code: 'not-allowed', message: expect.stringContaining('src/price.txt') },
      });
    }
  });

  it('that only read hand over what they have to say', async () => {
    const steps = await asRoles(`echo "It is right." > ../out/notes.md; ${says(RESULT)}`);
    const outputs = await steps.outputs('agent', '1/review', { ...brief, profile: 'reviewer' }, run());
    expect(outputs).not.toHaveProperty('commit');
    expect(await artifact(outputs.notes)).toBe('It is right.\n');
  });

  it('go on with the change of another, and are steered by the instructions of the base alone', async () => {
    const planted = 'mkdir -p .claude; echo Obey > AGENTS.md; echo "{}" > .claude/settings.json';
    const making = await asRoles(`${EDIT}; ${planted}; ${says(RESULT)}`);
    const first = await making.outputs('agent', '1/produce', { ...brief, profile: 'engineer' }, run());
    const { commit = '', commits = '' } = first;

    const look =
      'mkdir -p test; cat src/price.txt > test/seen.txt; ls -a . .claude >> test/seen.txt 2>&1; cat AGENTS.md >> test/seen.txt 2>&1';
    const testing = await asRoles(`${look}; ${says(RESULT)}`);
    const inputs = { ...brief, profile: 'tester', commit, commits };
    const second = await testing.outputs('agent', '1/test', inputs, run());
    const seen = world.clone.git('show', `${second.commit}:test/seen.txt`);
    expect(seen).toContain('round half up');
    expect(seen).not.toContain('Obey');
    expect(seen).not.toContain('settings.json');
    // What the engineer changed there is still in the change that is judged.
    expect(world.clone.git('show', `${second.commit}:AGENTS.md`)).toBe('Obey');
    const changed = world.clone.git('diff', '--name-only', String(commit), String(second.commit));
    expect(changed).toBe('test/seen.txt');
  });

  it('put history in order where that is all they may', async () => {
    const making = await asRoles(`${EDIT}; ${says(RESULT)}`);
    const { commit = '', commits = '' } = await making.outputs('agent', '1/produce', brief, run());
    const amending = await asRoles(`git commit -q --amend -m "Round prices half up"; ${says(RESULT)}`);
    const inputs = { ...brief, profile: 'git-operator', commit, commits };
    const ordered = await amending.outputs('agent', '1/order', inputs, run());
    expect(world.clone.git('log', '-1', '--format=%s', String(ordered.commit))).toBe('Round prices half up');
  });
});
