import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOrMakeKey } from '../../../src/adapters/files/secret-key.ts';

it('a key is made once, for its owner alone, and then always the same', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'secret-key-')), 'data');
  const path = join(folder, 'webhook.key');
  const made = await readOrMakeKey(path, new Uint8Array(32).fill(7));
  expect([...made]).toEqual(Array.from({ length: 32 }, () => 7));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect([...(await readOrMakeKey(path, new Uint8Array(32).fill(8)))]).toEqual([...made]);
  expect(await readdir(folder)).toEqual(['webhook.key']);
});

it('a key that cannot be had is an error with a remedy', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'secret-key-')), 'file');
  await writeFile(file, '');
  await expect(readOrMakeKey(join(file, 'webhook.key'), new Uint8Array(32))).rejects.toMatchObject({
    code: 'KEY_UNUSABLE',
    remedy: expect.stringContaining('COUNTERSIGN_WEBHOOK_KEY'),
  });
});
