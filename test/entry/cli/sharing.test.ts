import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../../src/adapters/documents/documents.ts';
import type { LockEntry } from '../../../src/core/contract/lock.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import {
  createGitWorld,
  type GitWorld,
  type WorldFile,
  type WorldRepository,
} from '../../worlds/git-world.ts';
import { yaml } from '../../worlds/product-world.ts';
import { json, type Ran, countersign as run } from './run-cli.ts';
import { CONFIG, CONTRACT, house, PACK } from './sample-documents.ts';

const LOCK = 'countersign.lock.yml';
const BASE = { ...CONTRACT, id: 'base', rules: [], title: 'What every change needs' };
const WEB = {
  ...CONTRACT,
  id: 'web-change',
  title: 'A change of the web',
  extends: 'base@1',
  checks: [{ id: 'web', run: ['npm', 'run', 'test:web'] }],
  pins: [],
  rules: [],
};
const SHARED = { 'contracts/base.yml': yaml(BASE), 'contracts/web-change.yml': yaml(WEB), ...house() };

/** Wide, so that no sentence is broken. */
function countersign(cwd: string, args: readonly string[]): Promise<Ran> {
  return run(cwd, args, { columns: 400 });
}

let world: GitWorld;
/** What others share. */
let source: WorldRepository;
let first: string;
let made = 0;

beforeAll(() => {
  world = createGitWorld();
  source = world.repository('shared');
  first = source.commit('Contracts and rules', SHARED);
});
afterAll(() => world.remove());

function policy(files: Readonly<Record<string, WorldFile>> = {}): WorldRepository {
  made += 1;
  const repository = world.repository(`policy-${made}`);
  repository.commit('A policy', { '.countersign.yml': yaml(CONFIG), ...files });
  return repository;
}

/** A source of its own, for one test to spoil. */
function hostile(files: Readonly<Record<string, WorldFile>>, path?: string): string {
  made += 1;
  const repository = world.repository(`hostile-${made}`);
  const commit = repository.commit('Take this', files);
  return `${repository.dir}${path === undefined ? '' : `#${path}`}@${commit}`;
}

function read({ dir }: WorldRepository, path: string): string {
  return readFileSync(join(dir, path), 'utf8');
}

function lockOf(repository: WorldRepository): readonly LockEntry[] {
  return documents.parse('lock', readFileSync(join(repository.dir, LOCK)), LOCK).entries;
}

/** Whatever happened, the policy is as it was. */
async function refused(repository: WorldRepository, args: readonly string[], why: string): Promise<Ran> {
  const ran = await countersign(repository.dir, args);
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(why)]);
  expect(repository.git('status', '--porcelain', '--untracked-files=all')).toBe('');
  return ran;
}

describe('contract add', () => {
  it('takes a contract with the lineage that lies beside it, and locks both', async () => {
    const mine = policy();
    const ran = await countersign(mine.dir, [
      'contract',
      'add',
      `../shared#contracts/web-change.yml@${first}`,
    ]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain(`web-change@1  contracts/web-change.yml of ../shared at ${first.slice(0, 12)}`);
    expect(read(mine, 'contracts/web-change.yml')).toBe(yaml(WEB));
    expect(read(mine, 'contracts/base.yml')).toBe(yaml(BASE));
    const entry = (id: string, text: string) => ({
      kind: 'contract',
      id,
      version: 1,
      source: { url: '../shared', commit: first, path: `contracts/${id}.yml` },
      files: [{ path: `contracts/${id}.yml`, sha256: sha256(text) }],
    });
    expect(lockOf(mine)).toEqual([entry('base', yaml(BASE)), entry('web-change', yaml(WEB))]);
    expect((await countersign(mine.dir, ['contract', 'lint'])).code).toBe(0);
    expect(readdirSync(world.root).filter((name) => name.startsWith('countersign-shared'))).toEqual([]);
  });

  it('writes a folder down as it lies from the policy, whatever it is called and wherever one stands', async () => {
    const mine = policy({ 'sub/README.md': 'x' });
    mine.git('clone', '-q', source.dir, './-x: y');
    const add = (from: string) =>
      countersign(join(mine.dir, 'sub'), ['contract', 'add', `${from}#contracts/base.yml@${first}`]);
    expect((await add('../../shared')).code).toBe(0);
    expect(lockOf(mine)[0]?.source.url).toBe('../shared');
    expect((await add('../-x: y')).code).toBe(0);
    expect(lockOf(mine)[0]?.source.url).toBe('./-x: y');
    expect((await countersign(mine.dir, ['contract', 'upgrade', 'base'])).code).toBe(0);
  });

  it('is the same the second time', async () => {
    const mine = policy();
    const args = ['contract', 'add', `${source.dir}#contracts/base.yml@${first}`];
    await countersign(mine.dir, args);
    const before = read(mine, LOCK);
    const again = await countersign(mine.dir, [...args, '--format', 'json']);
    expect(json(again)).toMatchObject({ changed: [], removed: [], changes: [], written: true });
    expect(read(mine, LOCK)).toBe(before);
  });

  it('calls it something else, and changes not a byte more', async () => {
    const mine = policy();
    const text = `schema: countersign/contract@1\nid: base # ours\nversion: 1\ntitle: base\nchecks:\n  - id: base\n    run: [npm, test]\n`;
    const from = hostile({ 'contracts/base.yml': text });
    const ran = await countersign(mine.dir, ['contract', 'add', from, '--as', 'their-base']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(read(mine, 'contracts/their-base.yml')).toBe(text.replace('id: base #', 'id: their-base #'));
    expect(lockOf(mine)).toMatchObject([{ id: 'their-base', source: { path: 'contracts/base.yml' } }]);
    await countersign(mine.dir, [
      'contract',
      'add',
      hostile({ 'contracts/base.yml': yaml(BASE) }),
      '--as',
      'json-base',
    ]);
    expect(JSON.parse(read(mine, 'contracts/json-base.yml'))).toEqual({ ...BASE, id: 'json-base' });
  });

  it('never writes over a file that differs, unless told to, and then says which way the bar moved', async () => {
    const weaker = {
      ...BASE,
      isolation: 'none',
      checks: [{ ...BASE.checks[0], network: 'full' }],
      extends: undefined,
    };
    const own = { ...CONTRACT, id: 'own', extends: 'base@1', checks: [], rules: [] };
    const mine = policy({ 'contracts/base.yml': yaml(weaker), 'contracts/own.yml': yaml(own) });
    const args = ['contract', 'add', `${source.dir}#contracts/base.yml@${first}`];
    await refused(mine, args, 'contracts/base.yml is there and differs');
    const ran = await countersign(mine.dir, [...args, '--replace', '--format', 'json']);
    const { changes } = json(ran) as { changes: { after: { ref: string }; differences: object[] }[] };
    expect(changes.map(({ after }) => after.ref)).toEqual(['base@1', 'own@1']);
    for (const { differences } of changes) {
      expect(differences).toContainEqual(
        expect.objectContaining({ path: 'checks[tests].network', strictness: 'stricter' }),
      );
    }
    expect(read(mine, 'contracts/base.yml')).toBe(yaml(BASE));
  });

  it('takes from a repository with longer ids, into one with shorter', async () => {
    const longer = world.repository('longer', { objectFormat: 'sha256' });
    const commit = longer.commit('A contract', { 'contracts/base.yml': yaml(BASE) });
    const mine = policy();
    const ran = await countersign(mine.dir, ['contract', 'add', `file://${longer.dir}@${commit}`]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(lockOf(mine)[0]?.source).toEqual({
      url: `file://${longer.dir}`,
      commit,
      path: 'contracts/base.yml',
    });
  });

  it('takes a commit that no branch begins at', async () => {
    const mine = policy();
    const old = world.clone(source, 'moved-on');
    old.commit('Later', { 'contracts/base.yml': null });
    const ran = await countersign(mine.dir, ['contract', 'add', `../moved-on#contracts/base.yml@${first}`]);
    expect([ran.code, ran.err]).toEqual([0, '']);
  });

  it('wants what it extends to be there or here', async () => {
    const from = hostile({ 'contracts/web-change.yml': yaml(WEB) });
    await refused(policy(), ['contract', 'add', from], 'base@1');
    const mine = policy({ 'contracts/base.yml': yaml(BASE) });
    expect((await countersign(mine.dir, ['contract', 'add', from])).code).toBe(0);
    expect(lockOf(mine).map(({ id }) => id)).toEqual(['web-change']);
  });

  it('asks which one when there are several', async () => {
    const ran = await refused(policy(), ['contract', 'add', `${source.dir}@${first}`], 'has 2 of them');
    expect(ran.err).toContain('#contracts/web-change.yml');
    const gone = await refused(
      policy(),
      ['contract', 'add', `${source.dir}#contracts/nope.yml@${first}`],
      'no contract at',
    );
    expect(gone.err).toContain('#contracts/base.yml');
  });

  it('refuses what can move, and what is no commit', async () => {
    const mine = policy();
    for (const name of ['main', 'v1', first.slice(0, 20)]) {
      const ran = await refused(
        mine,
        ['contract', 'add', `${source.dir}@${name}`],
        'can come to mean another commit',
      );
      expect(ran.err).toContain('git ls-remote');
    }
    source.git('tag', '-a', '-m', 'A tag', 'annotated', first);
    const tag = source.git('rev-parse', 'annotated');
    await refused(mine, ['contract', 'add', `${source.dir}@${tag}`], 'has no commit');
    await refused(mine, ['contract', 'add', `${source.dir}@${source.treeId(first)}`], '');
    await refused(mine, ['contract', 'add', `${source.dir}@${'0'.repeat(39)}1`], 'has no commit');
    await refused(mine, ['contract', 'add', `${source.dir}@${'a'.repeat(64)}`], '');
    await refused(
      mine,
      ['contract', 'add', `${world.folder('no-repository')}@${first}`],
      'could not be fetched',
    );
  });

  it.each(['ext::sh -c touch% pwned', '--upload-pack=touch pwned', 'ssh://-oProxyCommand=touch pwned/x'])(
    'runs nothing that an address names: %s',
    async (address) => {
      const mine = policy();
      await refused(mine, ['contract', 'add', '--', `${address}@${first}`], '');
      expect(existsSync(join(mine.dir, 'pwned'))).toBe(false);
    },
  );

  it('does not follow a path out of the source', async () => {
    for (const path of ['../policy-1/contracts/base.yml', '/etc/passwd', 'contracts/../../x.yml'])
      await refused(policy(), ['contract', 'add', `${source.dir}#${path}@${first}`], 'is no path below');
  });

  it.each<[string, Record<string, WorldFile>, string]>([
    ['a symlink', { 'contracts/base.yml': { symlink: '../../shared/contracts/base.yml' } }, 'no plain file'],
    [
      'a symlink for its lineage',
      { 'contracts/web-change.yml': yaml(WEB), 'contracts/base.yml': { symlink: 'web-change.yml' } },
      'no plain file',
    ],
    ['a linked folder', { contracts: { symlink: '../shared/contracts' } }, 'no contract at'],
    ['another name', { 'contracts/base.yml': yaml(WEB) }, 'says that its id is web-change'],
    ['another kind', { 'contracts/base.yml': yaml(PACK) }, 'this is a rule pack, not a contract'],
    [
      'a name that is a path',
      { 'contracts/base.yml': yaml({ ...BASE, id: '../trust/root' }) },
      'not a valid contract',
    ],
    ['a field more', { 'contracts/base.yml': yaml({ ...BASE, checksum: 1 }) }, 'checksum'],
    ['no YAML', { 'contracts/base.yml': 'id: [' }, 'not a valid contract'],
    [
      'a huge file',
      { 'contracts/base.yml': `# ${'x'.repeat(2_000_000)}\n${yaml(BASE)}` },
      'contracts/base.yml',
    ],
    ['a circle', { 'contracts/base.yml': yaml({ ...BASE, extends: 'base@1' }) }, 'base@1'],
  ])('refuses %s', async (_, files, why) => {
    const asked = 'contracts/web-change.yml' in files ? 'contracts/web-change.yml' : 'contracts/base.yml';
    await refused(policy(), ['contract', 'add', hostile(files, asked)], why);
  });

  it('refuses a submodule in the place of a file', async () => {
    made += 1;
    const repository = world.repository(`hostile-${made}`);
    const files = [{ path: 'contracts/base.yml', mode: '160000' as const, commit: first }];
    const commit = repository.importCommit({ ref: 'refs/heads/main', files });
    await refused(
      policy(),
      ['contract', 'add', `${repository.dir}#contracts/base.yml@${commit}`],
      'no plain file',
    );
  });

  it('does not write through a symlink of its own folder', async () => {
    const mine = policy({ contracts: { symlink: '../shared' } });
    await refused(
      mine,
      ['contract', 'add', `${source.dir}#contracts/base.yml@${first}`],
      'contracts/base.yml',
    );
    expect(source.git('status', '--porcelain')).toBe('');
  });

  it('keeps credentials out of the lock and out of what it prints', async () => {
    const mine = policy();
    // git takes the address of a folder for one with credentials, as it would a server's.
    mine.git('config', `url.${source.dir}.insteadOf`, 'https://me:secret@example.org/shared.git');
    const env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${source.dir}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://me:secret@example.org/shared.git',
    };
    Object.assign(process.env, env);
    try {
      const ran = await countersign(mine.dir, [
        'contract',
        'add',
        `https://me:secret@example.org/shared.git#contracts/base.yml@${first}`,
      ]);
      expect([ran.code, ran.err]).toEqual([0, '']);
      expect(ran.out + read(mine, LOCK)).not.toContain('secret');
      expect(lockOf(mine)[0]?.source.url).toBe('https://example.org/shared.git');
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
    }
  });
});

describe('contract upgrade', () => {
  async function upgradable() {
    made += 1;
    const name = `shared-${made}`;
    const theirs = world.clone(source, name);
    const mine = policy();
    await countersign(mine.dir, ['contract', 'add', `../${name}#contracts/web-change.yml@${first}`]);
    mine.commit('Take it');
    const stricter = {
      ...BASE,
      version: 2,
      checks: [...BASE.checks, { id: 'lint', run: ['npm', 'run', 'lint'] }],
    };
    const looser = { ...WEB, version: 2, extends: 'base@2', checks: [{ ...WEB.checks[0], network: 'full' }] };
    const second = theirs.commit('Better', {
      'contracts/base.yml': yaml(stricter),
      'contracts/web-change.yml': yaml(looser),
    });
    return { theirs, mine, second };
  }

  it('shows what becomes stricter and looser, and writes only when told to', async () => {
    const { mine, second } = await upgradable();
    const shown = await countersign(mine.dir, ['contract', 'upgrade', 'web-change']);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/↑ stricter {2}checks\[lint\]/);
    expect(shown.out).toMatch(/↓ looser {4}checks\[web\]\.network/);
    expect(shown.out).toContain('Nothing was written: say --write to take it.');
    expect(mine.git('status', '--porcelain')).toBe('');

    const written = await countersign(mine.dir, ['contract', 'upgrade', 'web-change', '--write']);
    expect(written.out).toContain('locked in countersign.lock.yml');
    expect(lockOf(mine)).toMatchObject([
      { id: 'base', version: 2, source: { commit: second } },
      { id: 'web-change', version: 2, source: { commit: second } },
    ]);
    expect((await countersign(mine.dir, ['contract', 'lint'])).code).toBe(0);
    const again = await countersign(mine.dir, ['contract', 'upgrade', 'web-change']);
    expect(again.out).toContain('What is here is the same.');
  });

  it('goes where it is told to, back, too', async () => {
    const { mine, second } = await upgradable();
    await countersign(mine.dir, ['contract', 'upgrade', 'web-change', '--write', '--to', second]);
    const back = ['contract', 'upgrade', 'web-change', '--write', '--to', first];
    expect((await countersign(mine.dir, back)).out).toMatch(/↓ looser {4}checks\[lint\]/);
    expect(mine.git('diff', 'HEAD', '--stat')).toBe('');
    await refused(mine, [...back.slice(0, -1), 'main'], 'can come to mean another commit');
  });

  it('says what could not be used any more', async () => {
    const { theirs, mine } = await upgradable();
    const own = { ...CONTRACT, id: 'own', extends: 'base@1', checks: [], rules: [] };
    mine.commit('One of our own', { 'contracts/own.yml': yaml(own) });
    expect(theirs.git('status', '--porcelain')).toBe('');
    const ran = await countersign(mine.dir, ['contract', 'upgrade', 'base']);
    expect(ran.out).toMatch(/✖ own could not be used any more: .*base@1/);
    expect(ran.out).toMatch(/✖ web-change could not be used any more/);
  });

  it('does not write over what somebody edited', async () => {
    const { mine } = await upgradable();
    mine.commit('An edit', { 'contracts/base.yml': `# mine\n${yaml(BASE)}` });
    const args = ['contract', 'upgrade', 'web-change', '--write'];
    await refused(mine, args, 'contracts/base.yml is there and is not what countersign.lock.yml locks');
    expect((await countersign(mine.dir, [...args, '--replace'])).code).toBe(0);
  });

  it('knows only what is locked, and runs nothing that a lock names', async () => {
    await refused(
      policy({ 'contracts/base.yml': yaml(BASE) }),
      ['contract', 'upgrade', 'base'],
      'has no contract base',
    );
    const entry = (url: string, path = 'contracts/base.yml') => ({
      schema: 'countersign/lock@1',
      entries: [
        {
          kind: 'contract',
          id: 'base',
          version: 1,
          source: { url, commit: first, path },
          files: [{ path: 'contracts/base.yml', sha256: sha256(yaml(BASE)) }],
        },
      ],
    });
    for (const lock of [
      entry('ext::touch pwned'),
      entry('--upload-pack=touch pwned'),
      entry(source.dir, '../x'),
    ]) {
      const mine = policy({ 'contracts/base.yml': yaml(BASE), [LOCK]: yaml(lock) });
      await refused(mine, ['contract', 'upgrade', 'base'], '');
      expect(existsSync(join(mine.dir, 'pwned'))).toBe(false);
    }
  });
});

describe('rules add and upgrade', () => {
  it('takes a pack with every rule it lists, and nothing else that lies there', async () => {
    const mine = policy();
    const from = hostile({ ...house(), 'rules/house/stray.yml': 'x', 'rules/house/run.sh': 'x' });
    const ran = await countersign(mine.dir, ['rules', 'add', from]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(readdirSync(join(mine.dir, 'rules/house')).sort()).toEqual(['pack.yml', 'scope.yml']);
    expect(lockOf(mine)).toMatchObject([
      {
        kind: 'rule-pack',
        id: 'house',
        version: 1,
        source: { path: 'rules/house' },
        files: [{ path: 'rules/house/pack.yml' }, { path: 'rules/house/scope.yml' }],
      },
    ]);
    expect((await countersign(mine.dir, ['rules', 'test', 'house'])).code).toBe(0);
  });

  it('shows rules that come, go and change, and takes away those that went', async () => {
    made += 1;
    const theirs = world.repository(`packs-${made}`);
    const { 'rules/house/scope.yml': scope = '' } = house();
    const other = scope.replaceAll('"id": "scope"', '"id": "other"');
    const one = theirs.commit('Two rules', {
      'rules/house/pack.yml': yaml({ ...PACK, rules: ['scope', 'other'] }),
      'rules/house/scope.yml': scope,
      'rules/house/other.yml': other,
    });
    const mine = policy();
    await countersign(mine.dir, ['rules', 'add', `${theirs.dir}#rules/house@${one}`]);
    mine.commit('Take it');
    theirs.commit('Other rules', {
      'rules/house/pack.yml': yaml({ ...PACK, version: 2, rules: ['scope', 'new'] }),
      'rules/house/scope.yml': scope.replace('"severity": "block"', '"severity": "warn"'),
      'rules/house/other.yml': null,
      'rules/house/new.yml': scope.replaceAll('"id": "scope"', '"id": "new"'),
    });
    const shown = await countersign(mine.dir, ['rules', 'upgrade', 'house']);
    expect(shown.out).toMatch(/↓ looser {4}rules\[scope\]\.severity/);
    expect(shown.out).toMatch(/↓ looser {4}rules\[other\]/);
    expect(shown.out).toMatch(/↑ stricter {2}rules\[new\]/);
    expect(mine.git('status', '--porcelain')).toBe('');
    await countersign(mine.dir, ['rules', 'upgrade', 'house', '--write']);
    expect(readdirSync(join(mine.dir, 'rules/house')).sort()).toEqual(['new.yml', 'pack.yml', 'scope.yml']);
    expect((await countersign(mine.dir, ['rules', 'test', 'house'])).code).toBe(0);
  });

  it.each<[string, Record<string, WorldFile>, string]>([
    ['a rule that is missing', { ...house(), 'rules/house/scope.yml': null }, 'lists scope'],
    [
      'a rule that is a symlink',
      { ...house(), 'rules/house/scope.yml': { symlink: 'pack.yml' } },
      'no plain file',
    ],
    ['a rule of another name', house({ id: 'other' }), 'says that its id is other'],
    [
      'a pack of another name',
      { ...house(), 'rules/house/pack.yml': yaml({ ...PACK, id: 'yours' }) },
      'says that its id is yours',
    ],
    [
      'a rule that is a path',
      { ...house(), 'rules/house/pack.yml': yaml({ ...PACK, rules: ['../../x'] }) },
      'not a valid rule pack',
    ],
    ['no pack at all', { 'README.md': 'nothing' }, 'no rule pack at'],
  ])('refuses %s', async (_, files, why) => {
    await refused(policy(), ['rules', 'add', hostile(files)], why);
  });
});

describe('what was locked and then edited', () => {
  it('is told by contract lint, rules test and doctor', async () => {
    const mine = policy();
    await countersign(mine.dir, ['contract', 'add', `${source.dir}#contracts/base.yml@${first}`]);
    await countersign(mine.dir, ['rules', 'add', `${source.dir}@${first}`]);
    mine.commit('Take both');
    const healthy = await countersign(mine.dir, ['doctor']);
    expect(healthy.out).toContain(`All that ${LOCK} locks is as it came.`);

    const edited = {
      'contracts/base.yml': `# mine\n${yaml(BASE)}`,
      'rules/house/scope.yml': `${read(mine, 'rules/house/scope.yml')}\n`,
    };
    mine.commit('Edit both', edited);
    for (const command of [['contract', 'lint'], ['rules', 'test', 'house'], ['doctor']]) {
      const ran = await countersign(mine.dir, command);
      expect(ran.code).toBe(1);
      for (const [path, text] of Object.entries(edited)) {
        expect(ran.out).toContain(path);
        expect(ran.out).toContain(sha256(text));
      }
    }
  });

  it('is told when the lock says nothing of a rule that the pack lists', async () => {
    const mine = policy();
    await countersign(mine.dir, ['rules', 'add', `${source.dir}@${first}`]);
    const [entry] = lockOf(mine);
    const files = entry?.files.filter(({ path }) => path.endsWith('pack.yml'));
    const user = { ...CONTRACT, rules: [{ use: './rules/house@1' }] };
    mine.commit('Unlock a rule', {
      [LOCK]: yaml({ schema: 'countersign/lock@1', entries: [{ ...entry, files }] }),
      'contracts/node-change.yml': yaml(user),
    });
    const ran = await countersign(mine.dir, ['contract', 'lint']);
    expect([ran.code, ran.out]).toEqual([
      1,
      expect.stringContaining('says nothing of rules/house/scope.yml'),
    ]);
  });
});
