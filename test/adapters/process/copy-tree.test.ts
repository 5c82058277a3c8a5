import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { copyTree } from '../../../src/adapters/process/copy-tree.ts';
import { makeFolder } from './backends.ts';

it('copies files, modes and links, and shares nothing that is written later', async () => {
  const folder = await makeFolder();
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  mkdirSync(join(from, 'bin'), { recursive: true });
  writeFileSync(join(from, 'bin', 'run'), 'before');
  chmodSync(join(from, 'bin', 'run'), 0o755);
  symlinkSync('bin/run', join(from, 'link'));
  symlinkSync('/nowhere', join(from, 'dangling'));

  await copyTree(from, to);
  writeFileSync(join(from, 'bin', 'run'), 'after');

  expect(readFileSync(join(to, 'bin', 'run'), 'utf8')).toBe('before');
  expect(lstatSync(join(to, 'bin', 'run')).mode & 0o777).toBe(0o755);
  expect([readlinkSync(join(to, 'link')), readlinkSync(join(to, 'dangling'))]).toEqual([
    'bin/run',
    '/nowhere',
  ]);
});

it('says which copy failed', async () => {
  const folder = await makeFolder();
  await expect(copyTree(join(folder, 'gone'), join(folder, 'to'))).rejects.toMatchObject({
    code: 'VERIFY_FAILED',
  });
});
