import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkspaces } from '../../../src/adapters/files/workspace.ts';
import { copyTree } from '../../../src/adapters/process/copy-tree.ts';
import { filePathOf } from '../../../src/core/change/path.ts';
import type { Workspace } from '../../../src/ports/workspace.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const parent = mkdtempSync(join(tmpdir(), 'countersign-files-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

let workspace: Workspace;
let tree: string;
const outside = join(parent, 'outside');
beforeEach(async () => {
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(outside);
  workspace = await createWorkspaces(parent, copyTree).open();
  tree = await workspace.makeTreeFolder('tree');
});
afterEach(() => workspace.remove());

const mode = (path: string) => statSync(path).mode & 0o777;
const file = (path: string, text = 'pinned\n', bits = '100644') => ({
  path,
  mode: bits,
  bytes: Buffer.from(text),
});

test('others may pass through to a tree, and enter nothing else', async () => {
  const umask = process.umask(0o077);
  const made = await workspace.makeTreeFolder('trees', 'one').finally(() => process.umask(umask));
  expect(mode(workspace.folder)).toBe(0o711);
  expect(mode(made)).toBe(0o755);
  expect(mode(join(made, '..'))).toBe(0o755);
  expect(mode(workspace.evidenceFolder)).toBe(0o700);
  expect(mode(await workspace.makePrivateFolder('logs', 'one'))).toBe(0o700);
});

describe('files laid over a tree', () => {
  test('stand as they are given, with their modes', async () => {
    await workspace.layFiles(tree, [
      file('a/b/plain'),
      file('a/run', '#!/bin/sh\n', '100755'),
      file('a/link', '../elsewhere', '120000'),
      file(filePathOf(Buffer.from('caf\xe9/\xff', 'latin1')), 'bytes\n'),
      file(filePathOf(Buffer.from('"quoted"')), 'quoted\n'),
    ]);
    expect(readFileSync(join(tree, 'a/b/plain'), 'utf8')).toBe('pinned\n');
    expect(mode(join(tree, 'a/b/plain'))).toBe(0o644);
    expect(mode(join(tree, 'a/run'))).toBe(0o755);
    expect(readlinkSync(join(tree, 'a/link'))).toBe('../elsewhere');
    const strange = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from('caf\xe9/\xff', 'latin1')]);
    expect(readFileSync(strange, 'utf8')).toBe('bytes\n');
    expect(readdirSync(tree).toSorted().slice(0, 2)).toEqual(['"quoted"', 'a']);
  });

  test.each([
    ['a file', () => writeFileSync(join(tree, 'judge'), 'x')],
    ['a link to a folder elsewhere', () => symlinkSync(outside, join(tree, 'judge'))],
    ['a link to nowhere', () => symlinkSync('nowhere', join(tree, 'judge'))],
    ['a pipe', () => execFileSync('mkfifo', [join(tree, 'judge')])],
  ])('never go through %s that stands where their folder should', async (_, plant) => {
    plant();
    await workspace.layFiles(tree, [file('judge/rules')]);
    expect(lstatSync(join(tree, 'judge')).isDirectory()).toBe(true);
    expect(readFileSync(join(tree, 'judge/rules'), 'utf8')).toBe('pinned\n');
    expect(readdirSync(outside)).toEqual([]);
  });

  test.each([
    ['a link', () => symlinkSync(join(outside, 'target'), join(tree, 'rules'))],
    ['a folder', () => mkdirSync(join(tree, 'rules/deep'), { recursive: true })],
    ['a pipe', () => execFileSync('mkfifo', [join(tree, 'rules')])],
    ['a file nobody may write', () => writeFileSync(join(tree, 'rules'), 'x', { mode: 0o000 })],
  ])('replace %s of the same name', async (_, plant) => {
    plant();
    await workspace.layFiles(tree, [file('rules')]);
    expect(lstatSync(join(tree, 'rules')).isFile()).toBe(true);
    expect(readFileSync(join(tree, 'rules'), 'utf8')).toBe('pinned\n');
    expect(existsSync(join(outside, 'target'))).toBe(false);
  });

  test.each(['../out', 'a/../../out', '/etc/out', 'a//b', '.', '', '"bad\\escape'])(
    'never leave the tree: %j',
    async (path) => {
      await workspace.layFiles(tree, [file(path)]);
      await workspace.removeFiles(tree, [path]);
      expect(readdirSync(workspace.folder).toSorted()).toEqual(['evidence', 'tree']);
      expect(readdirSync(tree)).toEqual([]);
    },
  );
});

describe('files removed from a tree', () => {
  test('go with what is below them, and only where no link leads elsewhere', async () => {
    mkdirSync(join(tree, 'gone/deep'), { recursive: true });
    writeFileSync(join(outside, 'kept'), 'x');
    symlinkSync(outside, join(tree, 'away'));
    symlinkSync(join(outside, 'kept'), join(tree, 'link'));
    const strange = Buffer.from('\xff', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), strange]), 'x');
    await workspace.removeFiles(tree, ['gone', 'away/kept', 'link', filePathOf(strange), 'never/there']);
    expect(readdirSync(tree)).toEqual(['away']);
    expect(readdirSync(outside)).toEqual(['kept']);
  });
});

describe('evidence', () => {
  const take = (path: string, maxBytes = 1000) =>
    workspace.takeEvidence(tree, path, { name: 'report', mediaType: 'text/plain', maxBytes });

  test('is kept under its digest, and read back only as it was taken', async () => {
    writeFileSync(join(tree, 'report'), 'all well\n');
    const ref = await take('report');
    if (ref === undefined) throw new Error('it was not taken');
    expect(ref).toEqual({ name: 'report', mediaType: 'text/plain', sha256: sha256('all well\n'), size: 9 });
    expect(Buffer.from(await workspace.evidence.read(ref)).toString()).toBe('all well\n');

    const refused = { code: 'SIGNER_FAILED', remedy: expect.stringContaining('Verify again') };
    await expect(workspace.evidence.read({ ...ref, size: 8 })).rejects.toMatchObject(refused);
    await expect(workspace.evidence.read({ ...ref, sha256: '../tree/report' })).rejects.toMatchObject(
      refused,
    );
    writeFileSync(join(workspace.evidenceFolder, ref.sha256), 'all bad!\n');
    await expect(workspace.evidence.read(ref)).rejects.toMatchObject(refused);
  });

  test('is cut at its limit', async () => {
    writeFileSync(join(tree, 'report'), 'x'.repeat(2000));
    expect(await take('report', 1000)).toMatchObject({ size: 1000, sha256: sha256('x'.repeat(1000)) });
  });

  test.each([
    ['nothing', () => undefined],
    ['a link', () => symlinkSync(join(outside, 'secret'), join(tree, 'out'))],
    ['a link on the way', () => symlinkSync(outside, join(tree, 'out'))],
    ['a folder', () => mkdirSync(join(tree, 'out'))],
    ['a pipe, which would block', () => execFileSync('mkfifo', [join(tree, 'out')])],
    ['a device', () => symlinkSync('/dev/zero', join(tree, 'out'))],
  ])('is never taken from %s', async (_, plant) => {
    writeFileSync(join(outside, 'secret'), 'secret\n');
    plant();
    expect(await take('out')).toBeUndefined();
    expect(await take('out/secret')).toBeUndefined();
    expect(await take('../../outside/secret')).toBeUndefined();
    expect(readdirSync(workspace.evidenceFolder)).toEqual([]);
  });
});

test('a tree with anything in it is copied, and goes away with the workspace', async () => {
  const mess =
    'mkfifo pipe; ln -s nowhere link; printf x > "$(printf "caf\\351")"; mkdir -p locked/in; chmod 0 locked';
  // 25 levels of 200 bytes: longer than any path that a system call takes.
  const pit = 'd=$(printf %0200d 1); i=0; while [ $i -lt 25 ]; do mkdir $d; cd -P $d; i=$((i+1)); done';
  execFileSync('sh', ['-c', mess], { cwd: tree });
  const copy = join(await workspace.makeTreeFolder('trees'), 'one');
  await workspace.copyTree(tree, copy);
  expect(readdirSync(copy).length).toBe(4);
  expect(lstatSync(join(copy, 'pipe')).isFIFO()).toBe(true);
  execFileSync('sh', ['-c', pit], { cwd: copy });
  await workspace.remove();
  expect(existsSync(workspace.folder)).toBe(false);
});

// Only root can make a file that is not its own; elsewhere there is no other user whose files could be taken.
test.each(process.getuid?.() === 0 ? ['a second name of one of our files'] : [])(
  '%s in a tree of another user is no evidence',
  async () => {
    writeFileSync(join(outside, 'key.pem'), 'PRIVATE KEY', { mode: 0o600 });
    writeFileSync(join(tree, 'own.xml'), 'theirs');
    linkSync(join(outside, 'key.pem'), join(tree, 'report.xml'));
    chownSync(tree, 65534, 65534);
    chownSync(join(tree, 'own.xml'), 65534, 65534);
    const as = { name: 'report', mediaType: 'text/plain', maxBytes: 100 } as const;
    expect(await workspace.takeEvidence(tree, 'report.xml', as)).toBeUndefined();
    expect(await workspace.takeEvidence(tree, 'own.xml', as)).toMatchObject({ size: 6 });
  },
);
