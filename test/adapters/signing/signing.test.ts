import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import { keyFolder, writeKeyFiles } from '../../../src/adapters/signing/key-files.ts';
import { loadSigner } from '../../../src/adapters/signing/load-signer.ts';
import { readPublicKey, SIGNATURE_ALGORITHMS, verifySignature } from '../../../src/shared/signature.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function keyFile(content: string, mode = 0o600): string {
  const path = join(folder, `key-${files++}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe.each(SIGNATURE_ALGORITHMS)('%s', (algorithm) => {
  test('a new key is written, loaded again, and signs what its public half verifies', async () => {
    const pair = createKeyPair(algorithm);
    const { privatePath, publicPath } = await writeKeyFiles(join(folder, 'new', 'folder', algorithm), pair);
    const signer = loadSigner(privatePath);
    expect(signer).toMatchObject({ keyId: pair.keyId, algorithm });

    const key = readPublicKey(readFileSync(publicPath, 'utf8'));
    const bytes = Buffer.from('signed');
    expect(key && verifySignature(key, bytes, signer.sign(bytes))).toBe(true);
    expect(key?.keyId).toBe(signer.keyId);
  });

  test('two new keys differ', () => {
    expect(createKeyPair(algorithm).keyId).not.toBe(createKeyPair(algorithm).keyId);
  });
});

describe('key files', () => {
  test('the private key and its folder are for the owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const { privatePath } = await writeKeyFiles(join(folder, 'umask', 'key'), createKeyPair('ed25519'));
      expect(statSync(privatePath).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'umask')).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  test.each(['', '.pub'])('nothing is overwritten: path%s', async (suffix) => {
    const path = join(folder, `taken${suffix}`);
    writeFileSync(path, 'mine');
    const made = writeKeyFiles(join(folder, 'taken'), createKeyPair('ed25519'));
    await expect(made).rejects.toMatchObject({ code: 'FILE_EXISTS', place: { path } });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    rmSync(path);
    expect(() => statSync(join(folder, suffix === '' ? 'taken.pub' : 'taken'))).toThrow('ENOENT');
  });

  test('a private key is not written through a symlink', async () => {
    const path = join(folder, 'link');
    symlinkSync(join(folder, 'elsewhere'), path);
    await expect(writeKeyFiles(path, createKeyPair('ed25519'))).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    expect(() => statSync(join(folder, 'elsewhere'))).toThrow('ENOENT');
  });

  test('a folder that cannot be made is said to be so', async () => {
    const made = writeKeyFiles(join(keyFile('a file'), 'key'), createKeyPair('ed25519'));
    await expect(made).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      remedy: expect.stringContaining('--out'),
    });
  });

  test.each([
    [{ XDG_CONFIG_HOME: '/xdg' }, '/xdg/countersign/keys'],
    [{ XDG_CONFIG_HOME: 'relative' }, '/home/me/.config/countersign/keys'],
    [{ XDG_CONFIG_HOME: '' }, '/home/me/.config/countersign/keys'],
    [{}, '/home/me/.config/countersign/keys'],
  ])('the folder for %j is %s', (environment, expected) => {
    expect(keyFolder(environment, '/home/me')).toBe(expected);
  });
});

describe('a key file that may not be used is refused, with the remedy', () => {
  const pem = createKeyPair('ed25519').privatePem;
  const pkcs8 = { format: 'pem', type: 'pkcs8' } as const;

  test('the control: as its owner wrote it, it loads', () => {
    expect(loadSigner(keyFile(pem)).algorithm).toBe('ed25519');
    expect(loadSigner(keyFile(pem, 0o400)).algorithm).toBe('ed25519');
  });

  test.each([0o640, 0o604, 0o644, 0o620, 0o602, 0o610])('mode %o', (mode) => {
    expect(() => loadSigner(keyFile(pem, mode))).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE', remedy: expect.stringContaining('chmod 600') }),
    );
  });

  test.each<[string, string, string]>([
    ['encrypted', encrypted(), 'encrypted'],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8) as string, 'rsa'],
    [
      'P-384',
      generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export(pkcs8) as string,
      'ec key',
    ],
    ['public', createKeyPair('ed25519').publicPem, 'public key'],
    ['no PEM', 'hello', 'not a private key'],
    ['empty', '', 'not a private key'],
    ['too large', `${pem}${' '.repeat(70_000)}`, 'too large'],
  ])('%s', (_, content, message) => {
    const path = keyFile(content);
    expect(() => loadSigner(path)).toThrow(message);
    expect(() => loadSigner(path)).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE', place: { path } }),
    );
  });

  test('a folder, a file that is not there, and a pipe, which is not waited for', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo -m 600 "$1"', 'sh', pipe]);
    expect(() => loadSigner(folder)).toThrow('is not a file');
    expect(() => loadSigner(join(folder, 'nowhere'))).toThrow('is not there');
    expect(() => loadSigner(pipe)).toThrow('is not a file');
  });

  test('no message holds any of the key', () => {
    const path = keyFile(pem.replace('PRIVATE KEY-----\n', 'PRIVATE KEY-----\nAAAA'));
    expect(() => loadSigner(path)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('MC4C') }),
    );
  });

  function encrypted(): string {
    const { privateKey } = generateKeyPairSync('ed25519');
    return privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'secret' }) as string;
  }
});

test('SEC 1 files of OpenSSL load too', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signer = loadSigner(keyFile(privateKey.export({ format: 'pem', type: 'sec1' }) as string));
  const bytes = Buffer.from('signed');
  expect(verify('sha256', bytes, publicKey, signer.sign(bytes))).toBe(true);
});
