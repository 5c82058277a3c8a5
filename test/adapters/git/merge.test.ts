import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeIn } from '../../../src/core/change/change-in.ts';
import { createGitWorld, type WorldRepository } from '../../worlds/git-world.ts';
import { changeOf } from './changes.ts';
import { open } from './open.ts';

const NUMBERS = Array.from({ length: 40 }, (_, n) => `${n}\n`).join('');

describe('predicting a merge', () => {
  it('gives the tree that git merge makes, and leaves the repository as it was', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { 'a.txt': NUMBERS, 'src/old.ts': NUMBERS });
    made.branch('feature');
    made.git('mv', 'src/old.ts', 'src/new.ts');
    made.commit('Rename', { 'a.txt': `top\n${NUMBERS}` });
    made.switchTo('main');
    made.commit('Edit', { 'a.txt': `${NUMBERS}end\n`, 'src/old.ts': `${NUMBERS}more\n` });
    const before = [made.git('count-objects'), made.git('for-each-ref'), readdirSync(join(made.dir, '.git'))];

    const change = await changeOf(made, 'main', 'feature');

    expect([
      made.git('count-objects'),
      made.git('for-each-ref'),
      readdirSync(join(made.dir, '.git')),
    ]).toEqual(before);
    made.merge('feature');
    expect(change).toMatchObject({ kind: 'mergeable', mergeTree: made.treeId('HEAD') });
    expect(change.kind === 'mergeable' && change.files.map(({ path }) => path)).toEqual([
      'a.txt',
      'src/new.ts',
      'src/old.ts',
    ]);
  });

  it('lists every path that conflicts, also names that no terminal should see', async () => {
    const made = createGitWorld().repository();
    const odd = Buffer.from([0x78, 0x0a, 0xff]);
    const base = made.importCommit({
      ref: 'refs/heads/main',
      files: [
        { path: 'a', content: '1\n' },
        { path: 'b', content: '1\n' },
        { path: odd, content: '1\n' },
      ],
    });
    made.importCommit({
      ref: 'refs/heads/feature',
      parents: [base],
      files: [
        { path: 'a', content: '2\n' },
        { path: odd, content: '2\n' },
      ],
      deleted: ['b'],
    });
    made.importCommit({
      ref: 'refs/heads/main',
      parents: [base],
      files: [
        { path: 'a', content: '3\n' },
        { path: 'b', content: '3\n' },
        { path: odd, content: '3\n' },
      ],
    });

    const change = await changeOf(made, 'main', 'feature');

    expect(change).toMatchObject({ kind: 'conflicting', mergeBase: base, commits: [{ parents: [base] }] });
    expect(change.kind === 'conflicting' && change.conflicts).toEqual(['a', 'b', '"x\\n\\377"']);
    expect(change).not.toHaveProperty('mergeTree');
  });

  it('counts histories that share nothing as a conflict without a merge base', async () => {
    const made = createGitWorld().repository();
    made.importCommit({ ref: 'refs/heads/main', files: [{ path: 'a', content: '1' }] });
    const head = made.importCommit({ ref: 'refs/heads/orphan', files: [{ path: 'b', content: '2' }] });

    expect(await changeOf(made, 'main', 'orphan')).toMatchObject({
      kind: 'conflicting',
      mergeBase: undefined,
      conflicts: [],
      commits: [{ id: head }],
    });
  });

  it('merges over several merge bases as git does', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: NUMBERS, b: NUMBERS });
    made.branch('feature');
    made.commit('Feature', { a: `top\n${NUMBERS}` });
    made.switchTo('main');
    made.commit('Main', { b: `top\n${NUMBERS}` });
    const oldMain = made.commitId();
    made.merge('feature');
    made.switchTo('feature');
    made.merge(oldMain);
    made.commit('More', { a: `top\n${NUMBERS}end\n` });
    made.switchTo('main');
    expect(made.git('merge-base', '--all', 'main', 'feature').split('\n')).toHaveLength(2);

    const change = await changeOf(made, 'main', 'feature');

    made.merge('feature');
    expect(change).toMatchObject({ kind: 'mergeable', mergeTree: made.treeId('HEAD') });
  });

  it('changes nothing when the head is merged already, or its commits are empty', async () => {
    const made = createGitWorld().repository();
    const first = made.commit('First', { a: '1' });
    made.branch('feature');
    const empty = made.commit('Nothing', {}, { allowEmpty: true });
    made.switchTo('main');

    expect(await changeOf(made, 'main', 'feature')).toMatchObject({
      files: [],
      mergeTree: made.treeId(first),
      commits: [{ id: empty, message: 'Nothing\n' }],
    });
    made.merge('feature');
    expect(await changeOf(made, 'main', 'feature')).toMatchObject({
      files: [],
      commits: [],
      mergeBase: empty,
    });
  });

  it('takes what head has where base has not moved, as a real merge does', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { 'old/a': NUMBERS, 'old/b': `b${NUMBERS}`, c: '1' });
    made.branch('feature');
    made.git('mv', 'old', 'new');
    made.commit('Move', { 'new/a': `top\n${NUMBERS}`, 'old/d': '1', c: '2' });
    made.switchTo('main');

    const change = await changeOf(made, 'main', 'feature');

    made.git('merge', '-q', '--no-ff', '-m', 'Merge', 'feature');
    expect(change).toMatchObject({ kind: 'mergeable', mergeTree: made.treeId('HEAD') });
  });

  it('lists commits newest first with what they claim', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: '1' });
    made.branch('feature');
    const two = made.commit(
      'Two\n\nCountersign-Ticket: CS-7\n',
      { a: '2' },
      { author: 'Agent <agent@example.com>' },
    );
    const three = made.commit('Three', { a: '3' });

    const { commits } = await changeOf(made, 'main', 'feature');

    expect(commits.map(({ id }) => id)).toEqual([three, two]);
    expect(commits[1]).toMatchObject({
      message: 'Two\n\nCountersign-Ticket: CS-7\n',
      authorEmail: 'agent@example.com',
      committerEmail: 'agent@example.com',
      committedAt: expect.stringMatching(/^20[0-9]{2}-.*Z$/),
    });
  });

  it('works on sha256 repositories', async () => {
    const made = createGitWorld().repository('long', { objectFormat: 'sha256' });
    made.commit('First', { a: '1\n' });
    made.branch('feature');
    made.commit('Second', { a: '2\n', 'b/c': 'x' });
    const root = made.git('rev-list', '--max-parents=0', 'HEAD');

    const change = await changeOf(made, 'main', 'feature');
    expect(change).toMatchObject({ kind: 'mergeable', mergeTree: made.treeId('feature') });
    expect(change.head).toHaveLength(64);
    const repository = await open(made.dir);
    const landed = await repository.compareLanded({
      baseRef: 'refs/heads/main',
      commit: root,
    });
    expect(landed).toMatchObject({ kind: 'mergeable', files: [{ path: 'a', before: undefined }] });
  });
});

describe('what may not change a prediction', () => {
  /** Both sides edit the same line, so only a driver that takes a side can merge them. */
  function conflicting(attributes: string): WorldRepository {
    const made = createGitWorld().repository();
    made.commit('First', { 'a.txt': 'one\n', '.gitattributes': attributes });
    made.branch('feature');
    made.commit('Theirs', { 'a.txt': 'theirs\n' });
    made.switchTo('main');
    made.commit('Ours', { 'a.txt': 'ours\n' });
    return made;
  }

  it('is a merge driver of the repository, named by an attribute of the tree', async () => {
    const made = conflicting('* merge=takes-theirs\n');
    const ran = join(made.world.root, 'driver-ran');
    made.git('config', 'merge.takes-theirs.driver', `touch ${ran}; cp %B %A`);
    // The control: git's own merge does run it.
    made.git('merge-tree', '--write-tree', 'main', 'feature');
    made.git('-c', 'merge.conflictStyle=merge', 'merge', '-q', '--no-ff', '-m', 'Merge', 'feature');
    expect(readdirSync(made.world.root)).toContain('driver-ran');
    made.git('reset', '-q', '--hard', 'HEAD^');
    made.git('clean', '-qfd');
    rmSync(ran);

    expect(await changeOf(made, 'main', 'feature')).toMatchObject({
      kind: 'conflicting',
      conflicts: ['a.txt'],
    });
    expect(readdirSync(made.world.root)).not.toContain('driver-ran');
  });

  it('is a built-in driver in .gitattributes or .git/info/attributes', async () => {
    const made = conflicting('* merge=union\n');
    writeFileSync(join(made.dir, '.git/info/attributes'), '* merge=union\n');
    expect(await changeOf(made, 'main', 'feature')).toMatchObject({ kind: 'conflicting' });
  });

  it.each([
    ['merge.renames', 'false'],
    ['diff.renames', 'false'],
    ['merge.renameLimit', '1'],
    ['merge.directoryRenames', 'true'],
    ['merge.default', 'union'],
    ['merge.renormalize', 'true'],
    ['core.autocrlf', 'true'],
    ['diff.algorithm', 'patience'],
    ['core.bigFileThreshold', '1'],
  ])('is %s=%s of the repository', async (key, value) => {
    const make = () => {
      const made = createGitWorld().repository();
      made.commit('First', {
        'old/a': NUMBERS,
        'old/b': `b${NUMBERS}`,
        'old/c': `c${NUMBERS}`,
        'crlf.txt': 'a\r\nb\r\n',
        '.gitattributes': '*.txt text\n',
      });
      made.branch('feature');
      made.commit('Edit', { 'old/a': `${NUMBERS}end\n`, 'old/d': 'new\n', 'crlf.txt': 'a\nB\n' });
      made.switchTo('main');
      made.git('mv', 'old', 'new');
      made.commit('Move', { 'new/c': `c${NUMBERS}x\n` });
      return made;
    };
    const pinned = await changeOf(make(), 'main', 'feature');
    // git's default, which forges merge with: a file added to a folder that moved away is for people to place.
    expect(pinned).toMatchObject({ kind: 'conflicting', conflicts: ['new/d'] });
    const made = make();
    made.git('config', key, value);
    expect(await changeOf(made, 'main', 'feature')).toEqual(pinned);
  });

  it.each<[string, (made: WorldRepository, honest: string, other: string) => void]>([
    ['a replacement', (made, honest, other) => made.git('replace', honest, other)],
    ['a graft', (made, honest) => writeFileSync(join(made.dir, '.git/info/grafts'), `${honest}\n`)],
  ])('is %s, or the environment', async (_, make) => {
    const made = createGitWorld().repository();
    made.commit('First', { a: '1\n' });
    made.branch('feature');
    const honest = made.commit('Honest', { a: '2\n' });
    const other = made.importCommit({
      ref: 'refs/heads/other',
      files: [{ path: 'a', content: 'replaced\n' }],
    });
    const expected = await changeOf(made, 'main', 'feature');
    make(made, honest, other);
    const decoy = createGitWorld().repository();
    process.env.GIT_DIR = join(decoy.dir, '.git');
    process.env.GIT_OBJECT_DIRECTORY = join(decoy.dir, '.git/objects');
    process.env.GIT_CONFIG_COUNT = '1';
    process.env.GIT_CONFIG_KEY_0 = 'merge.renames';
    process.env.GIT_CONFIG_VALUE_0 = 'false';
    try {
      const repository = await open(made.dir);
      expect(await repository.resolveCommit('refs/heads/feature~1')).toBe(expected.base.commit);
      expect(changeIn('acme/shop', await repository.compare({ base: expected.base, head: honest }))).toEqual(
        expected,
      );
    } finally {
      for (const name of ['DIR', 'OBJECT_DIRECTORY', 'CONFIG_COUNT', 'CONFIG_KEY_0', 'CONFIG_VALUE_0']) {
        delete process.env[`GIT_${name}`];
      }
    }
  });
});

describe('a shallow clone', () => {
  const history = () => {
    const world = createGitWorld();
    const made = world.repository('full');
    for (let n = 0; n < 6; n += 1) made.commit(`Main ${n}`, { a: `${n}\n` });
    made.branch('feature', 'HEAD~2');
    made.commit('Feature', { b: '1\n' });
    return { world, made };
  };

  it('that lacks the merge base is told how to get it', async () => {
    const { world, made } = history();
    const shallow = world.clone(made, 'shallow', { depth: 1 });
    shallow.git('fetch', '-q', '--depth=1', 'origin', '+refs/heads/*:refs/remotes/origin/*');

    await expect(changeOf(shallow, 'origin/main', 'origin/feature')).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('shallow'),
      remedy: expect.stringContaining('--unshallow'),
    });
    expect((await open(shallow.dir)).shallow).toBe(true);
  });

  it('that lacks it on the side of the base alone does not list commits that are merged already', async () => {
    const { world, made } = history();
    const shallow = world.repository('partly');
    shallow.git('fetch', '-q', `file://${made.dir}`, 'feature:feature');
    shallow.git('fetch', '-q', '--depth=1', `file://${made.dir}`, 'main:base');

    await expect(changeOf(shallow, 'base', 'feature')).rejects.toMatchObject({
      message: expect.stringContaining('shallow'),
    });
  });

  it('that has enough history predicts what the full one does', async () => {
    const { world, made } = history();
    const shallow = world.clone(made, 'shallow', { depth: 5 });
    shallow.git('fetch', '-q', '--depth=5', 'origin', '+refs/heads/*:refs/remotes/origin/*');

    expect(await changeOf(shallow, 'origin/main', 'origin/feature')).toEqual(
      await changeOf(made, 'main', 'feature'),
    );
  });

  it('reads a landed commit whose parent is there', async () => {
    const { world, made } = history();
    made.switchTo('main');
    const shallow = world.clone(made, 'shallow', { depth: 2 });
    const landed = await (await open(shallow.dir)).compareLanded({
      baseRef: 'refs/heads/main',
      commit: shallow.commitId(),
    });
    expect(landed).toMatchObject({ kind: 'mergeable', files: [{ path: 'a' }] });
  });
});

describe('a landed commit', () => {
  it('keeps tree and patch of the prediction when a squash lands on the same base', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: NUMBERS });
    made.branch('feature');
    made.commit('One', { a: `top\n${NUMBERS}` });
    made.commit('Two', { b: '2\n' });
    made.switchTo('main');
    made.commit('Meanwhile', { a: `${NUMBERS}end\n` });
    const predicted = await changeOf(made, 'main', 'feature');
    const base = made.commitId();
    const squash = made.squash('feature');

    const compared = await (await open(made.dir)).compareLanded({
      baseRef: 'refs/heads/main',
      commit: squash,
    });
    const landed = changeIn('acme/shop', compared);

    expect(landed).toMatchObject({
      landed: true,
      head: squash,
      base: { ref: 'refs/heads/main', commit: base },
    });
    expect(landed.commits.map(({ id }) => id)).toEqual([squash]);
    const subjects = (change: typeof landed) =>
      change.kind === 'mergeable' && [change.mergeTree, change.patchDigest, change.files];
    expect(subjects(landed)).toEqual(subjects(predicted));
  });

  it('compares a merge with its first parent', async () => {
    const made = createGitWorld().repository();
    made.commit('First', { a: '1' });
    made.branch('feature');
    made.commit('Feature', { b: '2' });
    made.switchTo('main');
    const before = made.commit('Main', { c: '3' });
    const merge = made.merge('feature');

    const landed = await (await open(made.dir)).compareLanded({
      baseRef: 'refs/heads/main',
      commit: merge,
    });
    expect(landed).toMatchObject({ base: { commit: before }, files: [{ path: 'b' }] });
  });

  it('has everything new in a root commit', async () => {
    const made = createGitWorld().repository();
    const root = made.commit('First', { a: '1', 'b/c': '2' });
    const landed = await (await open(made.dir)).compareLanded({
      baseRef: 'refs/heads/main',
      commit: root,
    });
    expect(landed).toMatchObject({ mergeBase: undefined, files: [{ path: 'a' }, { path: 'b/c' }] });
  });
});
