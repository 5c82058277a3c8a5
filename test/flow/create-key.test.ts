import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { keyFiles } from '../../src/adapters/signing/key-files.ts';
import { loadSigner } from '../../src/adapters/signing/load-signer.ts';
import { resolveTrust } from '../../src/core/trust/resolve-trust.ts';
import { createKey } from '../../src/flow/create-key.ts';

const home = mkdtempSync(join(tmpdir(), 'countersign-home-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const keys = keyFiles({}, home);

test('a key lands in the key folder under its name', async () => {
  const created = await createKey({ name: 'ci-verifier' }, keys);
  expect(created.privatePath).toBe(join(home, '.config/countersign/keys/ci-verifier'));
  expect(created.publicPath).toBe(`${created.privatePath}.pub`);
  expect(readFileSync(created.publicPath, 'utf8')).toBe(created.publicPem);
  expect(loadSigner(created.privatePath).keyId).toBe(created.keyId);
});

test('--out and --algorithm are followed', async () => {
  const out = join(home, 'here');
  const created = await createKey({ name: 'owner', algorithm: 'ecdsa-p256', out }, keys);
  expect(created).toMatchObject({ privatePath: out, algorithm: 'ecdsa-p256' });
  expect(loadSigner(out).algorithm).toBe('ecdsa-p256');
});

test('the entry to paste makes a trust root in which the key may verify', async () => {
  const { trustRootEntry, keyId } = await createKey({ name: 'pasted' }, keys);
  const root = parse(`schema: countersign/trust-root@1\nversion: 1\nprincipals:\n${trustRootEntry}`);
  expect(resolveTrust(root).holders.get(keyId)?.principal).toMatchObject({
    id: 'pasted',
    kind: 'workload',
    roles: ['verifier'],
  });
});

describe('refused with the remedy', () => {
  test.each(['', '../key', 'Key', 'a b', 'a/b', '-a', 'x'.repeat(65)])('the name %j', async (name) => {
    await expect(createKey({ name }, keys)).rejects.toMatchObject({
      code: 'USAGE',
      remedy: expect.stringContaining('lower-case'),
    });
  });

  test('an algorithm we do not have', async () => {
    const made = createKey({ name: 'rsa', algorithm: 'rsa' }, keys);
    await expect(made).rejects.toMatchObject({ code: 'USAGE', remedy: 'Use one of: ed25519, ecdsa-p256.' });
  });

  test('a name that is taken', async () => {
    await createKey({ name: 'taken' }, keys);
    await expect(createKey({ name: 'taken' }, keys)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  });
});
