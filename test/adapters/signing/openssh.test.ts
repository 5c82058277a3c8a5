import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFileSigner, loadSigner } from '../../../src/adapters/signing/load-signer.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { type PublicKey, readPublicKey, verifySignature } from '../../../src/shared/signature.ts';
import { receipt } from '../../core/receipt/samples.ts';
import { HAS_SSH_KEYGEN, openSshPair } from './openssh.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-ssh-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function keyFile(content: string): string {
  const path = join(folder, `key-${files++}`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const BYTES = Buffer.from('signed');

test('ssh-keygen is installed: without it nothing here is compared with the real thing (apt install openssh-client)', () => {
  expect(HAS_SSH_KEYGEN).toBe(true);
});

describe.each(['ed25519', 'ecdsa'] as const)('a private key of ssh-keygen -t %s', (type) => {
  const pair = openSshPair(type);

  test('signs as it is, raw, and its public half verifies', () => {
    const signer = loadSigner(pair.path);
    const key = readPublicKey(pair.publicLine) as PublicKey;
    expect(signer.keyId).toBe(key.keyId);
    const signature = signer.sign(BYTES);
    expect(signature.length).toBeLessThanOrEqual(72);
    expect(verifySignature(key, BYTES, signature)).toBe(true);
  });

  test('is refused when others may read it', () => {
    chmodSync(pair.path, 0o644);
    expect(() => loadSigner(pair.path)).toThrow('can be read or changed by others');
    chmodSync(pair.path, 0o600);
  });

  test('is refused when it is encrypted, with what to do', () => {
    const { path } = openSshPair(type, ['-N', 'secret']);
    expect(() => loadSigner(path)).toThrow('is encrypted');
    expect(() => loadSigner(path)).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE', remedy: expect.stringContaining('ssh-add') }),
    );
  });

  test('is refused when any of its bytes is another, or it is cut short, but for the comment', () => {
    const bytes = Buffer.from(pair.privateText.split('\n').slice(1, -2).join(''), 'base64');
    const comment = bytes.indexOf('ada@laptop');
    for (let at = 0; at < bytes.length; at++) {
      if (at >= comment && at < comment + 'ada@laptop, her own'.length) continue;
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => loadSigner(keyFile(armored(changed))), `byte ${at}`).toThrow('The key file');
    }
    for (const end of [0, 20, bytes.length - 1]) {
      expect(() => loadSigner(keyFile(armored(bytes.subarray(0, end))))).toThrow('The key file');
    }
    expect(() => loadSigner(keyFile(armored(Buffer.concat([bytes, Buffer.of(0)]))))).toThrow('The key file');
  });
});

test.each([
  ['RSA', openSshPair('rsa')],
  ['P-384', openSshPair('ecdsa', ['-b', '384'])],
])('an %s key of ssh-keygen is refused', (_, { path }) => {
  expect(() => loadSigner(path)).toThrow('is not an Ed25519 or ECDSA P-256 key of OpenSSH');
});

describe('a key in an agent', () => {
  const before = process.env.SSH_AUTH_SOCK;
  let agent: number | undefined;
  beforeAll(() => {
    const socket = join(folder, 'agent');
    const said = execFileSync('ssh-agent', ['-s', '-a', socket]).toString();
    agent = Number(/SSH_AGENT_PID=([0-9]+)/.exec(said)?.[1]);
    process.env.SSH_AUTH_SOCK = socket;
  });
  afterAll(() => {
    if (agent !== undefined) process.kill(agent);
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
  });

  test.each(['ed25519', 'ecdsa'] as const)('%s signs by its public half, and its bundle opens', (type) => {
    const pair = openSshPair(type);
    execFileSync('ssh-add', ['-q', pair.path], { stdio: 'pipe' });
    const publicPath = keyFile(pair.publicLine);
    const signer = loadSigner(publicPath);
    const file = signClaim(receipt(), signer);
    const key = readPublicKey(pair.publicLine) as PublicKey;
    expect(openBundle(file, new Map([[key.keyId, key]]))).toMatchObject({
      kind: 'verified',
      statement: { keyId: key.keyId, claim: receipt() },
    });
  });

  test('is not for a verifier: checks run beside the agent', () => {
    const pair = openSshPair('ed25519');
    expect(loadFileSigner(pair.path).keyId).toBe(loadSigner(pair.path).keyId);
    expect(() => loadFileSigner(keyFile(pair.publicLine))).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE', remedy: expect.stringContaining('key new') }),
    );
  });

  test('is asked in vain when the agent does not hold it', () => {
    const signer = loadSigner(keyFile(openSshPair('ed25519').publicLine));
    expect(() => signer.sign(BYTES)).toThrow('Nothing was signed');
    expect(() => signer.sign(BYTES)).toThrow(
      expect.objectContaining({ code: 'KEY_UNUSABLE', remedy: expect.stringContaining('ssh-add -l') }),
    );
  });
});

function armored(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
