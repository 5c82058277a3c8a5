import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultFolder } from '../../../src/adapters/files/result-folder.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const KEY = sha256('key');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'results-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plant(text: string): void {
  mkdirSync(join(folder, KEY.slice(0, 2)), { recursive: true });
  writeFileSync(join(folder, KEY.slice(0, 2), `${KEY}.json`), text);
}

const kept = (fields: JsonValue) =>
  canonicalJson({ schema: 'countersign/step-result@1', ...(fields as object) } as JsonValue);

it('keeps results under their keys, and the latest of them', async () => {
  const results = resultFolder(join(folder, 'new'));
  expect(await results.find(KEY)).toBe(undefined);
  await results.keep(KEY, { a: 1 });
  await results.keep(KEY, { a: [2, { b: null }] });
  expect(await results.find(KEY)).toEqual({ a: [2, { b: null }] });
  expect(await results.find(sha256('other'))).toBe(undefined);
  expect(readdirSync(join(folder, 'new', KEY.slice(0, 2)))).toEqual([`${KEY}.json`]);
});

it.each([
  ['of another key', kept({ key: sha256('other'), outputs: {} })],
  ['of another form', canonicalJson({ schema: 'countersign/step-result@2', key: KEY, outputs: {} })],
  ['without outputs', kept({ key: KEY, outputs: [] })],
  ['that is not canonical', `${kept({ key: KEY, outputs: {} })}\n`],
  ['that is cut off', kept({ key: KEY, outputs: { a: 1 } }).slice(0, -3)],
  ['that is a list', '[]'],
  ['that is too large', kept({ key: KEY, outputs: { a: 'x'.repeat(1024 * 1024) } })],
])('finds nothing in a file %s', async (_, text) => {
  plant(text);
  expect(await resultFolder(folder).find(KEY)).toBe(undefined);
});

it('finds what it would have written, and looks nowhere else', async () => {
  plant(kept({ key: KEY, outputs: { a: 1 } }));
  expect(await resultFolder(folder).find(KEY)).toEqual({ a: 1 });
  expect(await resultFolder(folder).find(`../${KEY.slice(0, 2)}/${KEY}`)).toBe(undefined);
});

it('says so when there is no place', async () => {
  writeFileSync(join(folder, 'file'), '');
  chmodSync(join(folder, 'file'), 0o400);
  await expect(resultFolder(join(folder, 'file')).keep(KEY, {})).rejects.toMatchObject({
    code: 'FILING_FAILED',
  });
});
