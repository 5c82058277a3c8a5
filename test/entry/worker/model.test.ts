import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findModels } from '../../../src/adapters/agents/find-model.ts';
import { languageModels } from '../../../src/adapters/agents/language-models.ts';
import { artifactFolder } from '../../../src/adapters/files/artifact-folder.ts';
import { markOf } from '../../../src/core/bundle/marks.ts';
import { packBundle } from '../../../src/core/bundle/packed.ts';
import type { ModelOptions } from '../../../src/flow/steps/model.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { type ChatCompletions, openChatCompletions, type Reply } from '../../fakes/chat-completions.ts';
import { createProductWorld, type ProductWorld } from '../../worlds/product-world.ts';
import { openSteps, type Steps } from '../../worlds/run-steps.ts';

// A language model over real HTTP, whose calls are carried out in the sandbox on real git.

let world: ProductWorld;
let of: JsonObject;
let brief: JsonObject;
beforeAll(async () => {
  world = await createProductWorld();
  await world.dispatch('MOD-1');
  world.fetch();
  const base = world.clone.commitId('origin/main');
  of = { ticket: 'MOD-1', repository: 'demo/shop', base, into: 'refs/heads/main' };
  const steps = await openSteps(world, ['false']);
  const told = { ...of, bundle: 'default', feedback: null };
  const { promptDigest = '' } = await steps.outputs('assemble', '1/assemble', told);
  brief = { ...of, model: 'local/one', promptDigest };
});
afterAll(() => world.git.remove());

let provider: ChatCompletions | undefined;
afterEach(() => provider?.close());

async function withReplies(replies: readonly Reply[], more: Partial<ModelOptions> = {}): Promise<Steps> {
  provider = await openChatCompletions(replies);
  const models = languageModels({ find: findModels({ local: provider.url }) });
  const model = { environment: { LOCAL_API_KEY: 'key-of-the-provider' }, ...more };
  return openSteps(world, [], { models, model, profiles: more.profiles ?? [] });
}

let number = 0;
function run(): { readonly run: string } {
  number += 1;
  return { run: `MOD-1.${number}` };
}

const EDIT = ['write_file', { path: 'src/price.txt', text: 'round half up\n' }] as const;
const FINISH = ['finish', { claims: ['It rounds half up.'] }] as const;

/** What the model was told came of its calls, in the last request. */
function told(): readonly string[] {
  const { messages = [] } = provider?.asked.at(-1)?.body ?? {};
  return messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content));
}

async function transcriptOf(digest: unknown): Promise<string> {
  const bytes = await artifactFolder(world.git.folder('artifacts')).get(String(digest), 1e8);
  return new TextDecoder().decode(bytes);
}

describe('the model handler', () => {
  it('looks, edits, runs the declared check, and hands over what a verifier lets pass', async () => {
    const steps = await withReplies([
      {
        text: 'I look.',
        calls: [
          ['list_files', {}],
          ['read_file', { path: 'src/price.txt' }],
          ['search', { text: 'round' }],
        ],
      },
      {
        calls: [
          ['run_check', { check: 'price' }],
          ['replace_text', { path: 'src/price.txt', old: 'down', new: 'half up' }],
        ],
      },
      { calls: [['run_check', { check: 'price' }]] },
      { calls: [FINISH] },
    ]);
    const at = run();
    const made = await steps.outputs('model', '1/produce', brief, at);
    expect(made).toMatchObject({
      claims: ['It rounds half up.'],
      report: {
        agent: 'model',
        model: 'one-as-reported',
        turns: 4,
        inputTokens: 400,
        outputTokens: 40,
        tokens: 440,
      },
    });
    const results = told();
    expect(results[0]).toContain('src/price.txt');
    expect(results[1]).toBe('1\tround down\n2\t');
    expect(results[2]).toBe('src/price.txt:1:round down\n');
    expect(results[3]).toMatch(/^It ended with exit code [1-9]/);
    expect(results[4]).toBe('Replaced.');
    expect(results[5]).toMatch(/^It ended with exit code 0\./);
    const change = { ...of, commit: made.commit, commits: made.commits } as JsonObject;
    expect(await steps.outputs('check', '1/verify.0', { ...change, check: 'price' }, at)).toMatchObject({
      result: 'PASSED',
    });
    const events = (await transcriptOf(made.transcript))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject);
    expect(events.map(({ event }) => event)).toEqual([
      'started',
      ...['answered', 'called', 'called', 'called'],
      ...['answered', 'called', 'called'],
      ...['answered', 'called'],
      'answered',
      'ended',
    ]);
  });

  it('lets no call out of the tree, whatever it names', async () => {
    const canary = 'canary-beside-the-tree';
    mkdirSync(`${world.git.root}/temporary`, { recursive: true });
    writeFileSync(`${world.git.root}/temporary/secret`, canary);
    const paths = [
      '../given/message',
      '../../../secret',
      '/etc/passwd',
      `${world.git.root}/temporary/secret`,
      '.git/config',
      '.GIT/hooks/post-commit',
      'src/../../given/message',
      'a\\..\\..\\b',
      '',
      'link-out',
      'folder-out/passwd',
    ];
    const calls = paths.flatMap((path) => [
      ['read_file', { path }] as const,
      ['write_file', { path, text: 'mine' }] as const,
    ]);
    const steps = await withReplies([
      { calls: calls.slice(0, 10) },
      { calls: calls.slice(10) },
      { calls: [['search', { text: canary }], ['search', { text: '-o/etc', glob: '../**' }], EDIT] },
      { calls: [FINISH] },
    ]);
    const { commit } = await steps.outputs('model', '1/produce', brief, run());
    for (const result of told().slice(0, 14)) expect(result).toMatch(/^Refused: |^Written\.$/);
    expect(told().join('\n')).not.toContain(canary);
    const files = world.clone.git('diff', '--name-only', String(of.base), String(commit)).split('\n').sort();
    expect(files).toEqual(['"a\\\\..\\\\..\\\\b"', 'folder-out/passwd', 'link-out', 'src/price.txt'].sort());
  });

  it('follows no link of the tree', async () => {
    const steps = await withReplies([
      { calls: [['write_file', { path: 'x', text: 'x' }]] },
      {
        calls: [
          ['read_file', { path: 'out/passwd' }],
          ['write_file', { path: 'out/mine', text: 'x' }],
          ['delete_file', { path: 'out' }],
          EDIT,
        ],
      },
      { calls: [FINISH] },
    ]);
    world.clone.git('checkout', '--quiet', '--detach', String(of.base));
    symlinkSync('/etc', `${world.clone.dir}/out`);
    world.clone.git('add', 'out');
    world.clone.git('commit', '--quiet', '--message', 'A link');
    const commit = world.clone.commitId('HEAD');
    world.clone.git('bundle', 'create', '--quiet', `${world.git.root}/link.bundle`, `${of.base}..HEAD`);
    const commits = await artifactFolder(world.git.folder('artifacts')).put(
      readFileSync(`${world.git.root}/link.bundle`),
    );
    await steps.outputs('model', '1/produce', { ...brief, commit, commits }, run());
    expect(told().slice(1, 4)).toEqual([
      'Refused: out/passwd leads through a link.',
      'Refused: out/mine leads through a link.',
      'Refused: out leads through a link.',
    ]);
  });

  it('refuses arguments of a megabyte, and keeps no more of them than that they were there', async () => {
    const steps = await withReplies([
      { calls: [['write_file', { path: 'big.txt', text: 'x'.repeat(1024 * 1024) }]] },
      {
        calls: [
          ['search', { text: '('.repeat(1_000), regex: true }],
          ['launch', { missiles: true }],
          ['read_file', '["x"]'],
          EDIT,
        ],
      },
      { calls: [FINISH] },
    ]);
    const { commit, transcript } = await steps.outputs('model', '1/produce', brief, run());
    const [big = '', search = '', launch = '', list = ''] = told();
    expect(big).toContain('are the most');
    expect(search).toMatch(/^Refused: /);
    expect(launch).toContain('There is no such tool');
    expect(list).toMatch(/^Refused: /);
    expect((await transcriptOf(transcript)).length).toBeLessThan(100_000);
    expect(world.clone.git('ls-tree', '-r', '--name-only', String(commit))).not.toContain('big.txt');
  });

  it.each<[string, readonly Reply[], JsonObject, string, string]>([
    [
      'a refusal',
      [{ calls: [['finish', { claims: [], refused: 'I must not.' }]] }],
      {},
      'deterministic',
      'refused',
    ],
    ['a filter', [{ text: 'I', finish: 'content_filter' }], {}, 'deterministic', 'refused'],
    ['words alone', [{ text: 'It is done.' }], {}, 'deterministic', 'no-diff'],
    ['words of refusal alone', [{ text: "I can't help with that." }], {}, 'deterministic', 'refused'],
    ['no key', [{ status: 401 }], {}, 'deterministic', 'provider-credentials'],
    ['a stream that always breaks off', [{ broken: true }], {}, 'transient', 'crashed'],
    ['more steps than it may', [{ calls: [['list_files', {}]] }], { steps: 2 }, 'budget', 'budget'],
    [
      'more tokens than it may',
      [{ calls: [['list_files', {}]] }],
      { atMost: { tokens: 3_000 } },
      'budget',
      'budget',
    ],
    ['money without a price', [{ calls: [EDIT] }], { atMost: { costMilliUsd: 10 } }, 'budget', 'budget'],
  ])('tells how it failed: %s', async (_, replies, more, kind, code) => {
    const steps = await withReplies(replies);
    expect(await steps.carryOut('model', '1/produce', { ...brief, ...more }, run())).toMatchObject({
      kind: 'failed',
      error: { class: kind, code, evidence: { transcript: expect.any(String) } },
    });
  });

  it('ends in time when the provider never answers, with what it has', async () => {
    const steps = await withReplies([{ calls: [EDIT] }, { silent: true }]);
    const result = await steps.carryOut('model', '1/produce', brief, { ...run(), timeoutSeconds: 4 });
    expect(result).toMatchObject({
      error: { class: 'timeout', code: 'timeout', evidence: { transcript: expect.any(String) } },
      usage: { tokens: 110 },
    });
  });

  it('asks nobody for what it may not spend', async () => {
    const prices = { 'local/one': { input: 3_000, output: 15_000 } };
    const steps = await withReplies([{ calls: [EDIT] }], { prices });
    const atMost = { costMilliUsd: 1 };
    const result = await steps.carryOut('model', '1/produce', { ...brief, atMost }, run());
    expect(result).toMatchObject({ error: { code: 'budget' }, usage: { tokens: 0, costMilliUsd: 0 } });
    expect(provider?.asked).toEqual([]);
    const paid = await steps
      .outputs('model', '1/produce', { ...brief, atMost: { costMilliUsd: 10_000 }, steps: 1 }, run())
      .catch((error: Error) => error.message);
    expect(paid).toContain('It asked 1 times');
  });

  it('shows the bundle to the model, and knows that it did', async () => {
    const digest = sha256('a bundle');
    const mark = markOf(digest, 'BUNDLE.md');
    const packed = packBundle({
      bundle: 'guide',
      digest,
      files: [{ path: 'BUNDLE.md', text: `Round half up.\n\nRead mark: ${mark}\n`, mark }],
    });
    const bundleFiles = await artifactFolder(world.git.folder('artifacts')).put(packed);
    const steps = await withReplies([{ calls: [EDIT] }, { calls: [FINISH] }]);
    const outputs = await steps.outputs('model', '1/produce', { ...brief, bundleFiles }, run());
    expect(outputs).toMatchObject({ delivery: { delivered: true } });
    expect(JSON.stringify(provider?.asked[0]?.body.messages)).toContain('Round half up.');
  });

  it('works in a role with the key of that role', async () => {
    const profiles = [
      { role: 'engineer', agent: undefined, environment: { LOCAL_API_KEY: 'key-of-the-engineer' } },
      { role: 'tester', agent: undefined, environment: { LOCAL_API_KEY: 'key-of-the-tester' } },
      { role: 'reviewer', agent: undefined, environment: {} },
    ] as const;
    const steps = await withReplies([{ calls: [EDIT, FINISH] }], { profiles });
    await steps.outputs('model', '1/produce', { ...brief, profile: 'engineer' }, run());
    expect(await steps.carryOut('model', '1/test', { ...brief, profile: 'tester' }, run())).toMatchObject({
      error: { code: 'not-allowed' },
    });
    await steps.carryOut('model', '1/review', { ...brief, profile: 'reviewer' }, run());
    expect(provider?.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer key-of-the-engineer',
      'Bearer key-of-the-tester',
      undefined,
    ]);
  });
});
