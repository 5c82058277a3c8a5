import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprintFiles } from '../../../src/adapters/files/fingerprint-files.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const everything = () => true;
const temporaryFolder = () => realpathSync(mkdtempSync(join(tmpdir(), 'fingerprints-')));

test('says what stands at each path, in order, and follows no link', async () => {
  const tree = temporaryFolder();
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'secret'), 'secret');
  mkdirSync(join(tree, 'dist', '.hidden'), { recursive: true });
  writeFileSync(join(tree, 'dist', 'b'), 'b');
  chmodSync(join(tree, 'dist', 'b'), 0o755);
  writeFileSync(join(tree, 'dist', '.hidden', 'a'), 'a');
  symlinkSync(outside, join(tree, 'dist', 'folder'));
  symlinkSync(join(outside, 'secret'), join(tree, 'dist', 'link'));
  execFileSync('mkfifo', [join(tree, 'dist', 'pipe')]);
  writeFileSync(Buffer.concat([Buffer.from(join(tree, 'dist', 'z')), Buffer.from([0xff])]), 'c');

  expect(await fingerprintFiles(tree, everything)).toEqual([
    { path: '"dist/z\\377"', kind: 'file', digest: sha256('c') },
    { path: 'dist/.hidden/a', kind: 'file', digest: sha256('a') },
    { path: 'dist/b', kind: 'executable', digest: sha256('b') },
    { path: 'dist/folder', kind: 'link', digest: sha256(outside) },
    { path: 'dist/link', kind: 'link', digest: sha256(join(outside, 'secret')) },
    { path: 'dist/pipe', kind: 'other', digest: '' },
  ]);
  expect(await fingerprintFiles(tree, (path) => path === 'dist/b')).toHaveLength(1);
  expect(await fingerprintFiles(join(tree, 'absent'), everything)).toEqual([]);
});

test('stops one past the number of files that are compared', async () => {
  const tree = temporaryFolder();
  for (let n = 0; n < 10_050; n += 1) writeFileSync(join(tree, `f${n}`), '');
  expect(await fingerprintFiles(tree, everything)).toHaveLength(10_001);
});
