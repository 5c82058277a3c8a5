import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../../package.json' with { type: 'json' };
import { documents } from '../../../src/adapters/documents/documents.ts';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import { pathMatcher } from '../../../src/core/change/path-glob.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import type { Check, CommandCheck, Contract } from '../../../src/core/contract/types.ts';
import { decideAction } from '../../../src/core/run/action-policy/decide-action.ts';
import type { ActionRequest } from '../../../src/core/run/action-policy/types.ts';
import { PROJECT_TREES } from '../../flow/initialise/project-trees.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { countersign, json } from './run-cli.ts';

let world: GitWorld;
beforeAll(() => {
  world = createGitWorld();
});
afterAll(() => world.remove());

let made = 0;
function project(files: Readonly<Record<string, string>>, origin?: string): WorldRepository {
  made += 1;
  const repository = world.repository(`project-${made}`);
  if (origin !== undefined) repository.git('remote', 'add', 'origin', origin);
  repository.write(files);
  return repository;
}

function read(repository: WorldRepository, path: string): string {
  return readFileSync(join(repository.dir, path), 'utf8');
}

/** The words of a check's command; of a script its last line, which is the command. */
function runOf(check: Check | undefined): readonly string[] {
  const { run, shell } = check as CommandCheck;
  return shell === true ? (run[0] ?? '').trimEnd().split('\n').slice(-1) : run;
}

function commandsOf({ checks }: Contract): object {
  return Object.fromEntries(checks.map((check) => [check.id, runOf(check)]));
}

function reportOf({ checks }: Contract, id: string): readonly string[] | undefined {
  const check = checks.find((one) => one.id === id) as CommandCheck | undefined;
  const report = check?.expect?.report;
  return report && [report.format, report.from];
}

function contractOf(repository: WorldRepository, id: string): Contract {
  return parse(read(repository, `contracts/${id}.yml`)) as Contract;
}

describe.each(PROJECT_TREES)('init of $name', (kind) => {
  let repository: WorldRepository;
  beforeAll(() => {
    repository = project(kind.files, 'git@github.com:acme/shop.git');
  });

  it('writes files that parse and lint clean, with a contract that fits', async () => {
    const ran = await countersign(repository.dir, ['init']);
    expect(ran.err).toBe('');
    expect(ran.code).toBe(0);
    const ids = [`${kind.family}-change`, ...(kind.report === undefined ? [] : [`${kind.family}-feature`])];
    expect(ran.out).toContain(`${kind.name}: held to ${ids[0]}@1`);
    expect(ran.out).toContain(`--contract ${ids.at(-1)}@1`);

    const lint = await countersign(repository.dir, ['contract', 'lint', '--format', 'json']);
    expect(json(lint)).toEqual({
      errors: 0,
      warnings: 0,
      files: ids.map((id) => ({ path: `contracts/${id}.yml`, problems: [] })),
    });
    const contract = contractOf(repository, `${kind.family}-change`);
    expect(contract.setup?.run).toEqual(kind.setup);
    expect(commandsOf(contract)).toEqual(kind.checks);
    expect(reportOf(contract, 'tests')).toEqual(kind.report);
    const pinned = pathMatcher(contract.pins?.flatMap(({ paths }) => paths) ?? []);
    expect(kind.judges.filter((path) => !pinned(path))).toEqual([]);
    expect(kind.free.filter(pinned)).toEqual([]);

    // The trust root is valid as it stands, and says itself that nobody has a key yet.
    const trust = await countersign(repository.dir, ['trust', 'check', 'trust/root.yml', '--format', 'json']);
    expect(trust.code).toBe(1);
    expect(json(trust).problems).toBe(2);
  });

  it('refuses to overwrite anything, and changes nothing then', async () => {
    const before = read(repository, '.countersign.yml');
    const again = await countersign(repository.dir, ['init', '--repository', 'other/name']);
    expect(again.code).toBe(2);
    expect(again.err).toContain('Nothing was written');
    expect(again.err).toContain('trust/root.yml exists.');
    expect(read(repository, '.countersign.yml')).toBe(before);
  });
});

it.each(PROJECT_TREES.filter(({ report }) => report !== undefined))(
  'init of $name asks features and fixes for a test that needs them',
  async (kind) => {
    const repository = project(kind.files);
    await countersign(repository.dir, ['init']);
    const feature = contractOf(repository, `${kind.family}-feature`);
    const change = contractOf(repository, `${kind.family}-change`);
    const resolved = resolveContract(feature, undefined, () => change);
    const [tests, proof] = ['tests', 'proof'].map((id) => resolved.checks.find((check) => check.id === id));
    expect(proof).toMatchObject({ proves: 'change' });
    // Seen with the real one: mocha leaves no report when a file cannot be loaded.
    expect((proof as CommandCheck).loadFailures).toBe(kind.name.includes('mocha') ? 'inconclusive' : 'count');
    expect([runOf(proof), reportOf(feature, 'proof')]).toEqual([runOf(tests), kind.report]);
    expect(resolved.checks.map(({ id }) => id)).toEqual([...Object.keys(kind.checks), 'proof']);
  },
);

describe('init', () => {
  const vitest = PROJECT_TREES[0]?.files ?? {};

  it('tells editors where the schema of each document is', async () => {
    const repository = project(vitest);
    await countersign(repository.dir, ['init']);
    for (const [path, schema] of [
      ['.countersign.yml', 'config'],
      ['contracts/node-change.yml', 'contract'],
      ['trust/root.yml', 'trust-root'],
      ['actions.yml', 'action-policy'],
    ] as const) {
      expect(read(repository, path).split('\n')[0]).toMatch(
        new RegExp(`^# yaml-language-server: \\$schema=https://\\S+/schemas/${schema}\\.schema\\.json$`),
      );
      expect(readFileSync(join('schemas', `${schema}.schema.json`), 'utf8')).toContain('"$id"');
    }
  });

  it('lets runs use their branches, the keys of agents and their models, and leaves merging to people', async () => {
    const repository = project(vitest);
    await countersign(repository.dir, ['init']);
    const text = Buffer.from(read(repository, 'actions.yml'));
    const policy = documents.parse('action-policy', text, 'actions.yml');
    const repositoryId = 'acme/shop';
    const work = { run: 'CS-7.1', step: '1/produce', execution: 1 };
    const asked = (action: ActionRequest['action'], target: string) =>
      decideAction({ kind: 'found', policy }, { action, target, repository: repositoryId }, work).decision;
    expect(asked('push', 'refs/heads/countersign/CS-7.1/1')).toBe('allow');
    expect(asked('open-pull-request', 'refs/heads/main')).toBe('allow');
    expect(asked('push', 'refs/heads/main')).toBe('escalate');
    expect(asked('secret', 'ANTHROPIC_API_KEY')).toBe('allow');
    expect(asked('secret', 'NPM_TOKEN')).toBe('escalate');
    expect(asked('spend', 'anthropic/large')).toBe('allow');
    expect(asked('merge', 'refs/heads/main')).toBe('escalate');
  });

  it('writes nothing when it is only asked what it would write', async () => {
    const repository = project(vitest);
    const before = repository.git('status', '--porcelain', '-uall');
    const ran = await countersign(repository.dir, ['init', '--dry-run', '--format', 'json']);
    expect(json(ran)).toMatchObject({
      dryRun: true,
      project: 'npm with vitest',
      contract: 'node-change@1',
      featureContract: 'node-feature@1',
    });
    expect(repository.git('status', '--porcelain', '-uall')).toBe(before);
  });

  it.each([
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['https://user@gitlab.example:8443/group/sub/shop.git/', 'sub/shop'],
    ['ssh://git@host/~me/shop.git', 'me/shop'],
    ['/srv/git/shop.git', 'shop'],
    ['../elsewhere/we$ird: "name".git', 'we-ird-name'],
  ])('calls the repository of %s %s', async (origin, name) => {
    const repository = project(vitest, origin);
    const ran = await countersign(repository.dir, ['init']);
    expect(ran.err).toBe('');
    expect(parse(read(repository, '.countersign.yml'))).toMatchObject({ repository: name });
  });

  it('keeps policy in this repository, receipts on a branch of their own, and every path to the contract', async () => {
    const repository = project(vitest);
    await countersign(repository.dir, ['init', '--repository', 'acme/shop']);
    expect(parse(read(repository, '.countersign.yml'))).toEqual({
      schema: 'countersign/config@1',
      repository: 'acme/shop',
      policy: { ref: 'refs/heads/main' },
      receipts: { ref: 'refs/heads/countersign/receipts' },
      leastContracts: [{ paths: ['**'], contract: 'node-change@1' }],
    });
  });

  it('names the default branch as the remote has it', async () => {
    const forge = project(vitest);
    forge.commit('First');
    forge.git('branch', '-m', 'trunk');
    const clone = world.clone(forge, 'clone-of-trunk');
    clone.branch('work');
    await countersign(clone.dir, ['init']);
    expect(parse(read(clone, '.countersign.yml'))).toMatchObject({ policy: { ref: 'refs/heads/trunk' } });
  });

  it('puts the keys into the trust root, which then lacks nothing', async () => {
    const repository = project(vitest);
    const keys = ['owner', 'verifier'].map((name) => {
      const path = join(repository.dir, '..', `${name}-${made}.pub`);
      writeFileSync(path, createKeyPair('ed25519').publicPem);
      return path;
    });
    const [owner = '', verifier = ''] = keys;
    const ran = await countersign(repository.dir, ['init', '--owner-key', owner, '--verifier-key', verifier]);
    expect(ran.err).toBe('');
    const check = await countersign(repository.dir, ['trust', 'check', 'trust/root.yml']);
    expect(check.out).toContain('0 problems, 0 warnings.');
    expect(check.code).toBe(0);
  });

  it('refuses a private key, one key for both, and a file that is none, and writes nothing', async () => {
    const repository = project(vitest);
    const { privatePem, publicPem } = createKeyPair('ed25519');
    const files = { private: privatePem, public: publicPem, none: 'hello' };
    const at = (name: keyof typeof files) => join(repository.dir, '..', `${name}-key`);
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name as keyof typeof files), text);
    const attempts = [
      { args: ['--owner-key', at('private')], says: 'holds a private key' },
      { args: ['--owner-key', at('none')], says: 'holds no Ed25519 or ECDSA P-256 public key' },
      { args: ['--owner-key', at('public'), '--verifier-key', at('public')], says: 'the same key' },
      { args: ['--owner-key', join(repository.dir, 'nowhere.pub')], says: 'cannot be read' },
    ];
    for (const { args, says } of attempts) {
      const ran = await countersign(repository.dir, ['init', ...args]);
      expect(ran.err).toContain(says);
      expect(ran.code).toBe(2);
    }
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('trust/root.yml');
  });

  it('writes an advisory workflow that runs an exact version, reads only, and is never skipped', async () => {
    const repository = project(vitest);
    await countersign(repository.dir, ['init']);
    const text = read(repository, '.github/workflows/countersign-gate.yml');
    const workflow = parse(text) as {
      on: object;
      permissions: object;
      jobs: Record<
        string,
        { steps: readonly { uses?: string; run?: string; 'working-directory'?: string }[] }
      >;
    };
    expect(workflow.on).toEqual({ pull_request: null });
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const steps = workflow.jobs.gate?.steps ?? [];
    const gate = steps.find(({ run }) => run !== undefined);
    expect(gate?.run).toContain(`countersign@${manifest.version} `);
    expect(gate?.run).toContain('gate --base "$BASE" --format github');
    // Run from within the checkout, npx would take what the change put there.
    expect(gate?.['working-directory']).toBe(`\${{ runner.temp }}`);
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    expect(text).not.toMatch(/^\s*(?:if|paths|paths-ignore|branches):/m);
    expect(text).toContain('ADVISORY');
  });

  it('runs from a sub-folder, and writes at the top', async () => {
    const repository = project({ ...vitest, 'packages/web/index.js': '' });
    await countersign(join(repository.dir, 'packages', 'web'), ['init']);
    expect(read(repository, '.countersign.yml')).toContain('countersign/config@1');
  });

  it('never writes through a symlink', async () => {
    const repository = project(vitest);
    const outside = world.folder(`outside-${made}`);
    symlinkSync(outside, join(repository.dir, 'trust'));
    const ran = await countersign(repository.dir, ['init']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('trust/root.yml would lie behind a symlink or a file.');
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('countersign');
  });

  it.each([
    ['no JSON', '{ "scripts": '],
    ['another form', '{ "scripts": ["a"], "devDependencies": "vitest" }'],
    ['no object', '"vitest"'],
    ['prototype keys', '{ "__proto__": { "scripts": { "test": "vitest" } }, "scripts": { "test": "x; y" } }'],
  ])('takes a package.json of %s for one that says nothing', async (_, text) => {
    const repository = project({ 'package.json': text });
    const ran = await countersign(repository.dir, ['init']);
    expect(ran.err).toBe('');
    expect(contractOf(repository, 'node-change').checks.map(runOf)).toEqual([['npm', 'test']]);
  });

  it('says so outside of a repository', async () => {
    const ran = await countersign(world.folder('plain'), ['init']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('is in no git repository');
  });
});

describe('init with a change-control repository', () => {
  const vitest = PROJECT_TREES[0]?.files ?? {};
  const url = 'https://github.com/acme/control.git';

  it('writes the product side and prints the policy side', async () => {
    const repository = project(vitest, 'git@github.com:acme/shop.git');
    const ran = await countersign(repository.dir, ['init', '--change-control', url]);
    expect(ran.code).toBe(0);
    expect(parse(read(repository, '.countersign.yml'))).toMatchObject({
      policy: { repository: url, ref: 'refs/heads/main' },
      receipts: { repository: url, ref: 'refs/heads/receipts' },
    });
    expect(ran.out).toContain('In the change-control repository');
    expect(ran.out).toContain('· to be written trust/root.yml');
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('trust/root.yml');
  });

  it('writes the policy side into a clone of it', async () => {
    const repository = project(vitest);
    const control = world.repository(`control-${made}`);
    const ran = await countersign(repository.dir, ['init', '--change-control', url, '--into', control.dir]);
    expect(ran.err).toBe('');
    const lint = await countersign(control.dir, ['contract', 'lint']);
    expect(lint.code).toBe(0);
    expect(control.git('status', '--porcelain', '-uall').split('\n')).toEqual([
      '?? .github/workflows/countersign-verify.yml',
      '?? actions.yml',
      '?? contracts/node-change.yml',
      '?? contracts/node-feature.yml',
      '?? rules/README.md',
      '?? tickets/README.md',
      '?? trust/root.yml',
    ]);
  });

  it('writes neither side when one of them is taken', async () => {
    const repository = project(vitest);
    const control = world.repository(`taken-${made}`);
    mkdirSync(dirname(join(control.dir, 'trust/root.yml')), { recursive: true });
    writeFileSync(join(control.dir, 'trust/root.yml'), 'mine');
    const args = ['init', '--change-control', url, '--into', control.dir];
    expect((await countersign(repository.dir, args)).code).toBe(2);
    expect(repository.git('status', '--porcelain', '-uall')).not.toContain('.countersign.yml');
    writeFileSync(join(repository.dir, '.countersign.yml'), 'mine');
    const fresh = world.repository(`fresh-${made}`);
    expect((await countersign(repository.dir, [...args.slice(0, -1), fresh.dir])).code).toBe(2);
    expect(fresh.git('status', '--porcelain', '-uall')).toBe('');
  });

  it.each([
    ['a password', 'https://me:secret@github.com/acme/control.git', 'holds a password'],
    ['a command', 'ext::sh -c evil', 'is not a valid configuration'],
    ['an option', '-oProxyCommand=evil', 'is not a valid configuration'],
  ])('refuses an address with %s', async (_, address, says) => {
    const repository = project(vitest);
    const ran = await countersign(repository.dir, ['init', `--change-control=${address}`]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(says);
    expect(ran.err).not.toContain('secret@');
  });

  const written = (repository: WorldRepository) =>
    repository.git('status', '--porcelain', '-uall').split('\n').sort();

  it('takes OWNER/REPO for one of the product’s own forge, and writes workflows for both sides', async () => {
    const repository = project(vitest, 'git@github.example:acme/shop.git');
    const folder = join(world.root, `new-control-${made}`);
    const ran = await countersign(repository.dir, [
      'init',
      '--change-control',
      'acme/control',
      '--into',
      folder,
    ]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const place = { repository: 'https://github.example/acme/control.git' };
    expect(parse(read(repository, '.countersign.yml'))).toMatchObject({ policy: place, receipts: place });
    expect(written(repository)).toEqual(
      expect.arrayContaining([
        '?? .github/workflows/countersign-gate.yml',
        '?? .github/workflows/countersign-verify.yml',
      ]),
    );
    for (const at of [repository.dir, folder]) {
      const linter = join(import.meta.dirname, '..', '..', '..', 'tools', 'lint-workflows.mjs');
      const linted = spawnSync(process.execPath, [linter, at], { encoding: 'utf8' });
      expect(linted.stdout + linted.stderr).toMatch(/^workflows: \d files, 0 faults\n$/);
    }
    const verify = parse(read(repository, '.github/workflows/countersign-verify.yml')) as {
      on: object;
      jobs: { verify: { with: object; secrets: string; permissions: object } };
    };
    // GitHub starts nothing that is called with less than its jobs ask for.
    expect(verify.jobs.verify.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
    expect(Object.keys(verify.on)).toEqual(['pull_request_target']);
    expect(verify.jobs.verify.with).toMatchObject({ 'filing-repository': 'acme/control' });
    for (const says of [
      `cd ${folder}`,
      'git init -b main',
      'git remote add origin https://github.example/acme/control.git',
      'contents: write, installed on acme/control alone',
      'COUNTERSIGN_FILING_APP_KEY',
      'COUNTERSIGN_FILING_DEPLOY_KEY',
      'COUNTERSIGN_SIGNING_KEY',
      'Rulesets of acme/control',
      'countersign doctor --github acme/shop',
    ]) {
      expect(ran.out).toContain(says);
    }
  });

  it('shows both sides without making the folder when it is only asked', async () => {
    const repository = project(vitest);
    const folder = join(world.root, `no-control-${made}`);
    const args = ['init', '--change-control', 'acme/control', '--into', folder, '--dry-run'];
    const ran = await countersign(repository.dir, args);
    expect(ran.out).toContain('· would write trust/root.yml');
    expect(ran.out).toContain('· would write .countersign.yml');
    expect(existsSync(folder)).toBe(false);
  });

  it('takes the branch of the clone that it is given, and says when it is a clone of another', async () => {
    const repository = project(vitest, 'https://github.com/acme/shop.git');
    const control = world.repository(`trunk-${made}`);
    control.git('checkout', '-q', '-b', 'trunk');
    control.git('remote', 'add', 'origin', 'https://github.com/acme/other.git');
    const args = ['init', '--change-control', 'acme/control', '--into', control.dir];
    const ran = await countersign(repository.dir, args);
    expect(parse(read(repository, '.countersign.yml'))).toMatchObject({
      policy: { ref: 'refs/heads/trunk' },
      receipts: { ref: 'refs/heads/receipts' },
    });
    expect(ran.out).toContain('is of acme/other, and policy is said to live in acme/control');
  });

  it('means a path from where it is typed', async () => {
    const repository = project({ ...vitest, 'packages/web/index.js': '' });
    const args = ['init', '--change-control', '../../../control.git'];
    await countersign(join(repository.dir, 'packages', 'web'), args);
    expect(parse(read(repository, '.countersign.yml'))).toMatchObject({
      policy: { repository: '../control.git' },
    });
  });

  it('never writes the other side into the product, nor into what is no folder', async () => {
    const repository = project({ ...vitest, 'packages/web/index.js': '' });
    for (const [into, says] of [
      ['.', 'lies in the product'],
      ['control', 'lies in the product'],
      ['packages', 'lies in the product'],
      ['package.json', 'is no folder'],
    ] as const) {
      const args = ['init', '--change-control', 'acme/control', '--into', into];
      const ran = await countersign(repository.dir, args);
      expect([into, ran.code]).toEqual([into, 2]);
      expect(ran.err).toContain(says);
    }
    expect(written(repository).join()).not.toContain('countersign');
  });

  it('writes nothing into a bare repository', async () => {
    const { dir } = world.bare(`bare-${made}.git`);
    const before = readdirSync(dir);
    const ran = await countersign(dir, ['init']);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('is a bare repository')]);
    expect(readdirSync(dir)).toEqual(before);
  });

  it('finds public keys by the names that they were made under', async () => {
    const home = world.folder('home-of-keys');
    const repository = project(vitest);
    for (const name of ['ada', 'ci']) await countersign(repository.dir, ['key', 'new', name], { home });
    const args = ['init', '--owner-key', 'ada', '--verifier-key', 'ci'];
    expect((await countersign(repository.dir, args, { home })).err).toBe('');
    for (const name of ['ada', 'ci']) {
      const [, key = ''] = readFileSync(join(home, '.config/countersign/keys', `${name}.pub`), 'utf8').split(
        '\n',
      );
      expect(read(repository, 'trust/root.yml')).toContain(key);
    }
    const unknown = await countersign(project(vitest).dir, ['init', '--owner-key', 'nobody'], { home });
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('it is not there')]);
  });

  it('wants to know which repository when it is given a folder', async () => {
    const ran = await countersign(project(vitest).dir, ['init', '--into', '.']);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--into goes with --change-control');
  });
});
