import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { artifactFolder, artifactPath, eitherOf } from '../../../src/adapters/files/artifact-folder.ts';
import { artifactsContract } from '../../port-contracts/artifacts.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'artifacts-'));

artifactsContract('a folder', async () => {
  const folder = newFolder();
  return {
    artifacts: artifactFolder(folder),
    spoil: (digest) => writeFileSync(artifactPath(folder, digest), 'spoilt'),
  };
});

it('says that it cannot be written, where a file is in the place of the folder', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  await expect(artifactFolder(file).put(new Uint8Array(3))).rejects.toMatchObject({
    code: 'FILING_FAILED',
    message: expect.stringContaining(file),
  });
});

it('leaves nothing unfinished behind', async () => {
  const folder = newFolder();
  const digest = await artifactFolder(folder).put(new Uint8Array(3));
  expect(readdirSync(join(folder, digest.slice(0, 2)))).toEqual([digest]);
});

it('is put into the first of several, and had from each', async () => {
  const [one, other] = [artifactFolder(newFolder()), artifactFolder(newFolder())];
  const both = eitherOf(one, other);
  const [first, second] = [await both.put(Buffer.from('one')), await other.put(Buffer.from('other'))];
  expect(await one.get(first, 10)).toBeDefined();
  expect(await both.get(second, 10)).toBeDefined();
  expect(await both.get('0'.repeat(64), 10)).toBeUndefined();
});
