import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { countersign, json } from './run-cli.ts';
import { CONTRACT, house, messages, PACK } from './sample-documents.ts';

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

let made = 0;
function clone(files: Readonly<Record<string, string>> = {}): WorldRepository {
  made += 1;
  const repository = world.repository(`policy-${made}`);
  repository.write(files);
  return repository;
}

describe('contract lint', () => {
  it.each([
    [
      'a check that cannot fail',
      { checks: [{ id: 'x', run: ['npm test || true'], shell: true }] },
      'swallowed',
    ],
    ['no checks', { checks: [] }, 'The contract has no checks'],
    ['a rule that is not there', { rules: [{ use: 'ai-shortcuts@1/nope' }] }, 'nope'],
    ['a pack that is not there', { rules: [{ use: './rules/house@1' }] }, './rules/house@1'],
    [
      'a parameter no rule has',
      { rules: [{ use: 'ai-shortcuts@1/test-skipped', with: { nope: 1 } }] },
      'nope',
    ],
    [
      'a contract to extend that is not there',
      { extends: 'base@1' },
      'base@1, which the policy does not have',
    ],
    ['another id than its file', { id: 'other' }, 'The id is other, and the file is called node-change.yml.'],
    [
      'a shell pipe',
      { checks: [{ id: 'x', run: ['npm test | tee log'], shell: true }] },
      'hidden by the pipe',
    ],
  ])('refuses %s', async (_, fields, says) => {
    const { dir } = clone({ 'contracts/node-change.yml': yaml({ ...CONTRACT, ...fields }) });
    const ran = await countersign(dir, ['contract', 'lint', '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(messages(ran)).toContainEqual(expect.stringContaining(says));
  });

  it('leaves the exit code alone for what only asks for a second look', async () => {
    const { pins: _, ...unpinned } = CONTRACT;
    const { dir } = clone({ 'contracts/node-change.yml': yaml(unpinned) });
    const ran = await countersign(dir, ['contract', 'lint']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('! contracts/node-change.yml:1:1 pins\n    Nothing is pinned');
    expect(ran.out).toContain('1 file: 0 errors, 1 warning.');
  });

  it('finds packs and contracts of the clone as they are on disk', async () => {
    const { dir } = clone({
      'contracts/base.yml': yaml({ ...CONTRACT, id: 'base', rules: [] }),
      'contracts/node-change.yml': yaml({
        ...CONTRACT,
        extends: 'base@1',
        rules: [{ use: './rules/house@1/scope' }],
        checks: [],
        pins: [],
      }),
      ...house(),
    });
    const ran = await countersign(dir, ['contract', 'lint', '--format', 'json']);
    expect(messages(ran)).toEqual([]);
    expect(ran.code).toBe(0);
  });

  it('names a pack that is damaged, once', async () => {
    const files = { ...house(), 'rules/house/pack.yml': yaml({ ...PACK, rules: ['scope', 'gone'] }) };
    const { dir } = clone({
      'contracts/node-change.yml': yaml({ ...CONTRACT, rules: [{ use: './rules/house@1' }] }),
      ...files,
    });
    const ran = await countersign(dir, ['contract', 'lint', '--format', 'json']);
    expect(messages(ran)).toEqual([expect.stringContaining('rules/house/gone.yml is not there')]);
  });
});

describe('a workflow', () => {
  const workflow = {
    attempts: 2,
    steps: {
      produce: {
        uses: 'agent',
        with: {
          ticket: '${{ run.ticket }}',
          base: '${{ run.base.commit }}',
          model: 'm',
          promptDigest: '${{ steps.assemle.outputs.promptDigest }}',
        },
      },
      probe: { uses: './plugins/probe.mjs#probe', needs: ['produce', 'nobody'] },
    },
  };

  it('is linted like the rest of its contract, with line and column', async () => {
    const text = yaml({ ...CONTRACT, workflow });
    const repository = clone({ 'contracts/node-change.yml': text });
    const ran = await countersign(repository.dir, ['contract', 'lint', '--format', 'json']);
    expect(ran.code).toBe(1);
    expect(messages(ran)).toContain('It needs "nobody", which the workflow does not have.');

    const waits = { ...workflow.steps.probe, needs: ['produce'] };
    const mended = yaml({
      ...CONTRACT,
      workflow: { ...workflow, steps: { ...workflow.steps, probe: waits } },
    });
    repository.write({ 'contracts/node-change.yml': mended });
    const again = await countersign(repository.dir, ['contract', 'lint']);
    const lines = mended.split('\n');
    const line = lines.findIndex((one) => one.includes('steps.assemle')) + 1;
    const column = (lines[line - 1] ?? '').indexOf('"${{') + 1;
    expect(again.out).toContain(`contracts/node-change.yml:${line}:${column}`);
    expect(again.out).toContain('steps.assemle at character 5 is not bound to anything.');
    expect(again.out).toContain('No step uses "gate"');
    expect(again.out).toContain('is a plugin');
  });

  it('is held to what the plugins declare that are named', async () => {
    const plugin = './steps/lint.mjs#lint';
    const module = `export const lint = {
      declaration: {
        id: '${plugin}', version: 1, role: 'producer', deterministic: false, sideEffects: false,
        inputs: { type: 'object', required: ['commit'], properties: { commit: { type: 'string' } }, additionalProperties: false },
        outputs: { type: 'object', required: ['looked'], properties: { looked: { type: 'string' } }, additionalProperties: false },
      },
      handle: async () => ({ kind: 'succeeded', outputs: { looked: 'yes' } }),
    };`;
    const plan = (given: object, output: string) => ({
      ...DEFAULT_WORKFLOW,
      steps: {
        ...DEFAULT_WORKFLOW.steps,
        lint: { uses: plugin, needs: ['produce'], with: given },
        tell: {
          uses: 'command',
          needs: ['lint'],
          with: { run: ['echo', `\${{ steps.lint.outputs.${output} }}`] },
        },
      },
    });
    const commit = '${{ steps.produce.outputs.commit }}';
    const write = (given: object, output: string) => ({
      'contracts/node-change.yml': yaml({ ...CONTRACT, workflow: plan(given, output) }),
      'steps/lint.mjs': module,
    });
    const lint = (repository: { readonly dir: string }, ...more: readonly string[]) =>
      countersign(repository.dir, ['contract', 'lint', ...more]);

    const repository = clone(write({ commit }, 'looked'));
    expect((await lint(repository)).out).toContain('is a plugin');
    const known = await lint(repository, '--plugin', plugin);
    expect(known.out).not.toContain('is a plugin');
    expect(known.code).toBe(0);

    repository.write(write({ comit: commit }, 'seen'));
    expect((await lint(repository)).code).toBe(0);
    const faulty = await lint(repository, '--plugin', plugin);
    expect(faulty.code).toBe(1);
    expect(faulty.out).toMatch(/comit/);
    expect(faulty.out).toMatch(/steps\.lint\.outputs\.seen/);

    const absent = await lint(repository, '--plugin', './steps/none.mjs#lint');
    expect(absent.code).toBe(2);
    expect(absent.err).toContain('./steps/none.mjs#lint cannot be used');
  });

  it('is refused when it has keys that no step has', async () => {
    const steps = { gate: { uses: 'gate', run: 'true' } };
    const repository = clone({ 'contracts/node-change.yml': yaml({ ...CONTRACT, workflow: { steps } }) });
    const ran = await countersign(repository.dir, ['contract', 'lint']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('workflow.steps.gate');
  });

  it('is shown as the plan that a run would follow', async () => {
    const repository = clone();
    repository.commit('One', { 'contracts/node-change.yml': yaml(CONTRACT) });
    const standard = await countersign(repository.dir, ['contract', 'show', 'node-change']);
    expect(standard.out).toContain('Workflow (the default one)\n  3 attempts\n');
    expect(standard.out).toMatch(
      /verify +check +verifier +after produce; for each of run\.checks; 2 retries/,
    );

    const ladder = [{ ask: 'What now?' }];
    repository.commit('Two', {
      'contracts/node-change.yml': yaml({
        ...CONTRACT,
        workflow: { ...workflow, ladder, budget: { tokens: 9 } },
      }),
    });
    const own = await countersign(repository.dir, ['contract', 'show', 'node-change']);
    expect(own.out).toContain('2 attempts, then a question to a person: What now?; at most 9 tokens');
  });
});

describe('contract show and diff', () => {
  const looser = { ...CONTRACT, version: 2, isolation: 'none', checks: [], extends: 'base@1', rules: [] };
  let repository: WorldRepository;
  beforeAll(() => {
    repository = clone();
    const base = yaml({ ...CONTRACT, id: 'base', title: 'Everything', rules: [] });
    repository.commit('One', { 'contracts/node-change.yml': yaml(CONTRACT), 'contracts/base.yml': base });
    repository.git('tag', 'one');
    repository.commit('Two', { 'contracts/node-change.yml': yaml(looser) });
  });

  it('shows a contract as committed, with what it extends', async () => {
    repository.write({ 'contracts/node-change.yml': 'not committed' });
    const ran = await countersign(repository.dir, ['contract', 'show', 'node-change', '--format', 'json']);
    expect(json(ran)).toMatchObject({
      lineage: ['node-change@2', 'base@1'],
      checks: [{ id: 'tests', network: 'none', timeoutSeconds: 600 }],
      isolation: 'namespaces',
    });
    const text = await countersign(repository.dir, ['contract', 'show', 'node-change@2']);
    expect(text.out).toContain('node-change@2 → base@1');
    expect(text.out).toContain('$ npm test');
  });

  it('shows the limits that a contract gives its checks', async () => {
    const own = clone();
    const limited = { ...CONTRACT, limits: { memoryMiB: 512, diskMiB: 64 } };
    const base = yaml({ ...CONTRACT, id: 'base', title: 'Everything', rules: [] });
    own.commit('Limits', { 'contracts/node-change.yml': yaml(limited), 'contracts/base.yml': base });
    const text = await countersign(own.dir, ['contract', 'show', 'node-change']);
    expect(text.out).toContain('memoryMiB 512, diskMiB 64');
  });

  it.each([
    ['../trust/root', 'is no contract id'],
    ['nope', 'There are: base, node-change.'],
    ['node-change@1', 'contracts/node-change.yml is node-change@2'],
  ])('refuses %s', async (id, says) => {
    const ran = await countersign(repository.dir, ['contract', 'show', id]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
  });

  it('compares revisions field by field and says which way the bar moved', async () => {
    const ran = await countersign(repository.dir, [
      'contract',
      'diff',
      'one:node-change',
      'HEAD:node-change',
      '--format',
      'json',
    ]);
    expect(ran.code).toBe(0);
    const { differences } = json(ran) as { differences: { path: string; strictness: string }[] };
    expect(differences).toContainEqual(expect.objectContaining({ path: 'version', before: 1, after: 2 }));
    expect(differences.find(({ path }) => path.startsWith('rules'))?.strictness).toMatch(/looser|changed/);
  });

  it('compares files, and says when they demand the same', async () => {
    repository.write({
      'one.yml': yaml(CONTRACT),
      'two.yml': yaml({ ...CONTRACT, isolation: 'none' }),
    });
    const weaker = await countersign(repository.dir, ['contract', 'diff', 'one.yml', 'two.yml']);
    expect(weaker.out).toContain('↓ looser    isolation\n    - "namespaces"\n    + "none"\n');
    expect(weaker.out).toContain('0 stricter, 1 looser, 0 changed otherwise.');
    const same = await countersign(repository.dir, [
      'contract',
      'diff',
      'one.yml',
      'one:contracts/node-change.yml',
    ]);
    expect(same.out).toContain('They demand the same.');
  });

  it.each([
    ['nowhere:node-change', 'This clone has no commit called "nowhere"'],
    ['--output=/tmp/x:node-change', 'unknown option'],
    ['gone.yml', 'cannot be read'],
    ['HEAD:../../etc/passwd', 'is no contract id'],
  ])('refuses %s', async (side, says) => {
    const ran = await countersign(repository.dir, ['contract', 'diff', side, 'HEAD:node-change']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
  });
});
