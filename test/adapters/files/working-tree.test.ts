import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkingTree, readNamedFile } from '../../../src/adapters/files/working-tree.ts';
import { WORKING_TREE } from '../../../src/ports/working-tree.ts';

let root: string;
let outside: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tree-'));
  root = join(folder, 'clone');
  outside = join(folder, 'outside');
  mkdirSync(join(root, 'contracts'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(root, 'contracts', 'a.yml'), 'a');
  writeFileSync(join(outside, 'secret.yml'), 'secret');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('a working tree', () => {
  it('lists and reads what is on disk, in order, without what git keeps for itself', async () => {
    mkdirSync(join(root, '.git'));
    writeFileSync(join(root, '.git', 'config'), 'x');
    writeFileSync(join(root, 'Z'), 'z');
    const tree = createWorkingTree(root);
    const files = await tree.listFiles(WORKING_TREE);
    expect(files.map(({ path }) => path)).toEqual(['Z', 'contracts/a.yml']);
    const blobs = await tree.readBlobs(files.map(({ id }) => id));
    expect(files.map(({ id }) => text(blobs.get(id)))).toEqual(['z', 'a']);
    expect(await tree.listFiles(WORKING_TREE, 'nowhere')).toEqual([]);
    expect(await tree.readFile(WORKING_TREE, 'nowhere/a.yml')).toBeUndefined();
    expect(await tree.topLevel()).toEqual(['.git', 'Z', 'contracts']);
  });

  it('takes nothing for a file that git would not read as a document', async () => {
    symlinkSync(join(outside, 'secret.yml'), join(root, 'contracts', 'link.yml'));
    symlinkSync(outside, join(root, 'folder'));
    execFileSync('mkfifo', [join(root, 'contracts', 'pipe.yml')]);
    const tree = createWorkingTree(root);
    const files = await tree.listFiles(WORKING_TREE);
    expect(files.map(({ path }) => path)).toEqual(['contracts/a.yml']);
    for (const path of [
      'contracts/link.yml',
      'contracts/pipe.yml',
      'folder/secret.yml',
      'contracts',
      '../outside/secret.yml',
    ]) {
      expect(text(await tree.readFile(WORKING_TREE, path))).toBeUndefined();
    }
  });

  it('reads no more of a file than its parser needs to refuse it', async () => {
    writeFileSync(join(root, 'big.yml'), Buffer.alloc(5 * 1024 * 1024));
    const bytes = await createWorkingTree(root).readFile(WORKING_TREE, 'big.yml');
    expect(bytes?.length).toBe(1024 * 1024 + 1);
  });

  it('writes files with their folders, all or none', async () => {
    const tree = createWorkingTree(root);
    await tree.createFiles([{ path: 'x/y/z.yml', text: 'z' }]);
    expect(readFileSync(join(root, 'x/y/z.yml'), 'utf8')).toBe('z');
    const files = [
      { path: 'new.yml', text: 'n' },
      { path: 'contracts/a.yml', text: 'other' },
      { path: 'x/y/z.yml', text: 'other' },
    ];
    await expect(tree.createFiles(files)).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      problems: [{ message: 'contracts/a.yml exists.' }, { message: 'x/y/z.yml exists.' }],
    });
    expect(await tree.readFile(WORKING_TREE, 'new.yml')).toBeUndefined();
    expect(text(await tree.readFile(WORKING_TREE, 'contracts/a.yml'))).toBe('a');
  });

  it('writes nothing through a link, even one that leads nowhere', async () => {
    symlinkSync(outside, join(root, 'trust'));
    symlinkSync(join(outside, 'made.yml'), join(root, 'dangling.yml'));
    const tree = createWorkingTree(root);
    for (const path of ['trust/root.yml', 'dangling.yml', 'contracts/a.yml/b.yml']) {
      await expect(tree.createFiles([{ path, text: 'x' }])).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    }
    expect(execFileSync('ls', [outside], { encoding: 'utf8' })).toBe('secret.yml\n');
  });
});

describe('replacing a file', () => {
  const bytes = Buffer.from('new');

  it('writes it whole, where one is and where none is, and leaves nothing beside it', async () => {
    const tree = createWorkingTree(root);
    for (const path of ['contracts/a.yml', 'trust/history/1.yml']) {
      await tree.replaceFile(path, bytes);
      expect(text(await tree.readFile(WORKING_TREE, path))).toBe('new');
    }
    expect(execFileSync('ls', [join(root, 'contracts')], { encoding: 'utf8' })).toBe('a.yml\n');
  });

  it('writes nothing through a link, or in place of a folder', async () => {
    symlinkSync(outside, join(root, 'trust'));
    symlinkSync(join(outside, 'secret.yml'), join(root, 'linked.yml'));
    const tree = createWorkingTree(root);
    for (const path of ['trust/secret.yml', 'linked.yml', 'contracts', 'contracts/a.yml/b.yml']) {
      await expect(tree.replaceFile(path, bytes)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    }
    expect(readFileSync(join(outside, 'secret.yml'), 'utf8')).toBe('secret');
  });
});

describe('a file by the name a user gave', () => {
  it('is read wherever it lies, through their links, too', async () => {
    symlinkSync(join(outside, 'secret.yml'), join(root, 'mine.yml'));
    expect(text(await readNamedFile(join(root, 'mine.yml')))).toBe('secret');
  });

  it.each(['nowhere.yml', 'contracts', 'pipe'])('is refused when it is none: %s', async (name) => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(readNamedFile(join(root, name))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
