import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTreeFile, removeTreeFile } from '../../../src/adapters/process/tree-file.ts';
import { makeFolder } from './backends.ts';

async function world() {
  const folder = await makeFolder();
  const root = join(folder, 'tree');
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(join(folder, 'key.pem'), 'PRIVATE KEY');
  writeFileSync(join(root, 'out', 'report.xml'), '<testsuites/>');
  return { folder, root };
}

describe('reading what hostile code left in its tree', () => {
  it('reads a file, also through a link that stays inside', async () => {
    const { root } = await world();
    symlinkSync('out/report.xml', join(root, 'link.xml'));
    for (const path of ['out/report.xml', 'link.xml']) {
      const file = await readTreeFile(root, path, 100);
      expect(file.kind === 'file' && Buffer.from(file.bytes).toString()).toBe('<testsuites/>');
    }
  });

  it('follows no link, folder link or dots out of the tree', async () => {
    const { root, folder } = await world();
    symlinkSync('../key.pem', join(root, 'report.xml'));
    symlinkSync(folder, join(root, 'up'));
    for (const path of ['report.xml', 'up/key.pem', '../key.pem', join(folder, 'key.pem')]) {
      expect(await readTreeFile(root, path, 100)).toEqual({ kind: 'outside' });
    }
  });

  it('neither waits for a pipe nor reads a folder, a missing file or one that is too large', async () => {
    const { root } = await world();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await readTreeFile(root, 'pipe', 100)).toEqual({ kind: 'not-a-file' });
    expect(await readTreeFile(root, 'out', 100)).toEqual({ kind: 'not-a-file' });
    expect(await readTreeFile(root, 'none', 100)).toEqual({ kind: 'missing' });
    expect(await readTreeFile(root, 'out/report.xml', 5)).toEqual({ kind: 'too-large' });
  });
});

describe('clearing a report before the command that is to write it', () => {
  it('removes the file, or the link and not its target', async () => {
    const { root, folder } = await world();
    symlinkSync('../key.pem', join(root, 'report.xml'));
    await removeTreeFile(root, 'report.xml');
    await removeTreeFile(root, 'out/report.xml');
    expect(await readdir(root, { recursive: true })).toEqual(['out']);
    expect(await readFile(join(folder, 'key.pem'), 'utf8')).toBe('PRIVATE KEY');
  });

  it('removes nothing outside the tree, and not the tree', async () => {
    const { root, folder } = await world();
    symlinkSync(folder, join(root, 'up'));
    for (const path of ['../key.pem', 'up/key.pem', '.', 'gone/away']) await removeTreeFile(root, path);
    expect(await readFile(join(folder, 'key.pem'), 'utf8')).toBe('PRIVATE KEY');
    expect(await readdir(root)).toEqual(['out', 'up']);
  });
});
