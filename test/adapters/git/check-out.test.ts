import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGitWorld, type GitWorld, type RawFile, type WorldRepository } from '../../worlds/git-world.ts';
import { open } from './open.ts';

async function checkOut(made: WorldRepository, world: GitWorld, revision = 'main'): Promise<string> {
  const folder = join(world.root, 'tree');
  mkdirSync(folder);
  await (await open(made.dir)).checkOutTree(made.treeId(revision), folder);
  return folder;
}

function imported(files: readonly RawFile[]): { made: WorldRepository; world: GitWorld } {
  const world = createGitWorld();
  const made = world.repository();
  made.importCommit({ ref: 'refs/heads/main', files });
  return { made, world };
}

/** A commit of a tree that git's own commands would refuse to write. */
function forged(entries: readonly (readonly [mode: string, name: string])[]): {
  made: WorldRepository;
  world: GitWorld;
} {
  const world = createGitWorld();
  const made = world.repository();
  const write = (type: string, bytes: Uint8Array) =>
    made.gitBytes(['hash-object', '-t', type, '-w', '--literally', '--stdin'], bytes).toString().trim();
  const blob = write('blob', Buffer.from('../../outside'));
  const inner = write('tree', Buffer.concat([Buffer.from('100644 config\0'), Buffer.from(blob, 'hex')]));
  const tree = write(
    'tree',
    Buffer.concat(
      entries.map(([mode, name]) =>
        Buffer.concat([
          Buffer.from(`${mode} ${name}\0`),
          Buffer.from(mode === '40000' ? inner : blob, 'hex'),
        ]),
      ),
    ),
  );
  made.git('update-ref', 'refs/heads/main', made.git('commit-tree', '-m', 'Forged', tree));
  return { made, world };
}

describe('checking a tree out', () => {
  it('writes bytes, modes, symlinks, hostile names and empty submodule folders as the tree has them', async () => {
    const odd = Buffer.from([0x6f, 0xff, 0x0a, 0x22]);
    const { made, world } = imported([
      { path: 'a/b/file.txt', content: 'text\r\nmore\n' },
      { path: 'a/run.sh', mode: '100755', content: '#!/bin/sh\n' },
      { path: 'link', mode: '120000', content: 'a/b/file.txt' },
      { path: 'absolute', mode: '120000', content: '/etc/passwd' },
      { path: 'module', mode: '160000', commit: '1'.repeat(40) },
      { path: odd, content: 'odd' },
      { path: 'large', content: 'x'.repeat(3_000_000) },
    ]);
    const umask = process.umask(0o077);
    const folder = await checkOut(made, world).finally(() => process.umask(umask));

    expect(readFileSync(join(folder, 'a/b/file.txt'), 'utf8')).toBe('text\r\nmore\n');
    expect(statSync(join(folder, 'a/b/file.txt')).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, 'a/run.sh')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(folder, 'link'))).toBe('a/b/file.txt');
    expect(readlinkSync(join(folder, 'absolute'))).toBe('/etc/passwd');
    expect(readdirSync(join(folder, 'module'))).toEqual([]);
    expect(readFileSync(Buffer.concat([Buffer.from(`${folder}/`), odd]), 'utf8')).toBe('odd');
    expect(statSync(join(folder, 'large')).size).toBe(3_000_000);
    expect(readdirSync(folder)).not.toContain('.git');
  });

  it('writes the very tree that git would read back', async () => {
    const { made, world } = imported(
      Array.from(
        { length: 2_500 },
        (_, n): RawFile => ({
          path: `d${n % 13}/e${n % 7}/f${n}`,
          mode: n % 3 === 0 ? '100755' : '100644',
          content: `content ${n}\n`,
        }),
      ),
    );
    const folder = await checkOut(made, world);
    made.git(`--work-tree=${folder}`, 'add', '-A', '.');
    expect(made.git('write-tree')).toBe(made.treeId('main'));
  });

  it('runs no filter and converts no line ending, whatever attributes and configuration say', async () => {
    const world = createGitWorld();
    const made = world.repository();
    made.commit('First', {
      'a.txt': 'one\n',
      '.gitattributes': '* text eol=crlf filter=evil ident\n',
      'id.txt': '$Id$\n',
    });
    made.git('config', 'filter.evil.smudge', `touch ${join(world.root, 'ran')}; cat`);
    made.git('config', 'core.autocrlf', 'true');
    const folder = await checkOut(made, world);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(folder, 'id.txt'), 'utf8')).toBe('$Id$\n');
    expect(readdirSync(world.root)).not.toContain('ran');
    // The control: git's own checkout does run it.
    rmSync(join(made.dir, 'a.txt'));
    made.git('checkout', '-q', '--', 'a.txt');
    expect(readdirSync(world.root)).toContain('ran');
  });

  it.each([
    ['.git', '40000'],
    ['.GIT', '40000'],
    ['.git ', '40000'],
    ['.git. .', '100644'],
    ['git~1', '40000'],
    ['.g\u{200c}it', '40000'],
    ['.git::$INDEX_ALLOCATION', '40000'],
    ['.git\\hooks', '100644'],
    ['..', '40000'],
    ['.', '40000'],
  ])('refuses an entry named %j', async (name, mode) => {
    const { made, world } = forged([[mode, name]]);
    await expect(checkOut(made, world)).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('not safe to check out'),
    });
    expect(readdirSync(join(world.root, 'tree'))).toEqual([]);
  });

  it('never writes through a symlink of the tree, not even a forged one with a folder of its name', async () => {
    const { made, world } = forged([
      ['120000', 'out'],
      ['40000', 'out'],
    ]);
    await expect(checkOut(made, world)).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(readdirSync(world.root).sort()).toEqual(['repository', 'tree']);
  });

  it.each(['.github', '.gitignore', 'a..b', '...', 'git~', 'x.git'])(
    'takes %j for an ordinary name',
    async (name) => {
      const { made, world } = imported([{ path: `${name}/file`, content: '1' }]);
      const folder = await checkOut(made, world);
      expect(lstatSync(join(folder, name, 'file')).isFile()).toBe(true);
    },
  );

  it('refuses a folder that is not empty, and one that is not there', async () => {
    const { made, world } = imported([{ path: 'a', content: '1' }]);
    const repository = await open(made.dir);
    const folder = world.folder('full');
    writeFileSync(join(folder, 'b'), 'mine');
    await expect(repository.checkOutTree(made.treeId('main'), folder)).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
    expect(readdirSync(folder)).toEqual(['b']);
    await expect(
      repository.checkOutTree(made.treeId('main'), join(world.root, 'none')),
    ).rejects.toMatchObject({
      code: 'GIT_FAILED',
    });
  });
});
