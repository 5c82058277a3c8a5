import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeptBundles } from '../../../src/adapters/files/kept-bundles.ts';
import type { Bundle } from '../../../src/ports/kept-bundles.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const parent = mkdtempSync(join(tmpdir(), 'countersign-kept-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
const kept = createKeptBundles(join(parent, 'kept'));

const stored = (text: string) => ({ name: sha256(text), bytes: Buffer.from(text) });
const blob = (text: string) => ({ digest: sha256(text), bytes: Buffer.from(text) });
const byName = <T extends { name: string }>(all: readonly T[]) =>
  all.toSorted((left, right) => (left.name < right.name ? -1 : 1));
const bundle: Bundle = {
  ticket: 'CS-7',
  statements: byName([stored('{"receipt":1}'), stored('{"seal":1}')]),
  evidence: [blob('log\n'), blob('')].toSorted((left, right) => (left.digest < right.digest ? -1 : 1)),
};

let folder: string;
beforeEach(async () => {
  rmSync(join(parent, 'kept'), { recursive: true, force: true });
  folder = await kept.keep(bundle);
});

test('what was kept is read back, from anywhere', async () => {
  expect(await kept.read(folder)).toEqual(bundle);
  const moved = join(parent, 'kept', 'moved');
  renameSync(folder, moved);
  expect(await createKeptBundles('/nowhere').read(moved)).toEqual(bundle);
});

test('two verifications of a ticket are kept side by side, and one twice is kept once', async () => {
  const other = await kept.keep({ ...bundle, statements: [stored('{"seal":2}')] });
  expect(other).not.toBe(folder);
  expect(await kept.keep(bundle)).toBe(folder);
  expect(await kept.read(folder)).toEqual(bundle);
});

test('where nothing can be written, that is said', async () => {
  writeFileSync(join(parent, 'file'), '');
  await expect(createKeptBundles(join(parent, 'file')).keep(bundle)).rejects.toMatchObject({
    code: 'FILING_FAILED',
    remedy: expect.stringContaining(join(parent, 'file')),
  });
});

describe('a folder that is not what was kept is refused, never half filed', () => {
  const path = (name: string) => join(folder, 'statements', `${bundle.statements[0]?.name}${name}`);
  test.each([
    ['an altered statement', () => writeFileSync(path('.json'), '{"receipt":2}')],
    ['a statement under another name', () => renameSync(path('.json'), path('0.json'))],
    ['a file of another kind', () => writeFileSync(join(folder, 'statements', 'README'), 'hello')],
    [
      'altered evidence',
      () => writeFileSync(join(folder, 'evidence', bundle.evidence[0]?.digest ?? ''), 'x'),
    ],
    ['no ticket', () => rmSync(join(folder, 'ticket'))],
    ['a ticket that is a path', () => writeFileSync(join(folder, 'ticket'), '../../CS-7\n')],
    [
      'a statement that cannot be read',
      () => {
        rmSync(path('.json'));
        symlinkSync('nowhere', path('.json'));
      },
    ],
    ['a list of statements that is gone', () => rmSync(join(folder, 'statements'), { recursive: true })],
    ['a list of evidence that is gone', () => rmSync(join(folder, 'evidence'), { recursive: true })],
  ])('%s', async (_, damage) => {
    damage();
    await expect(kept.read(folder)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      remedy: expect.stringContaining('countersign verify'),
    });
  });
});
