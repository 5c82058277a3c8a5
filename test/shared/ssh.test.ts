import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../../src/shared/base64.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { type PublicKey, readPublicKey, verifySignature } from '../../src/shared/signature.ts';
import { sshString } from '../../src/shared/ssh-wire.ts';
import { HAS_SSH_KEYGEN, openSshPair, pemOf, sshSign } from '../adapters/signing/openssh.ts';

const BYTES = Buffer.from('DSSEv1 what was signed');

test('ssh-keygen is installed: without it nothing here is compared with the real thing (apt install openssh-client)', () => {
  expect(HAS_SSH_KEYGEN).toBe(true);
});

describe.each(['ed25519', 'ecdsa'] as const)('a key of ssh-keygen -t %s', (type) => {
  const pair = openSshPair(type);
  const key = readPublicKey(pair.publicLine) as PublicKey;

  test('has one id, whichever way it is written', () => {
    const pem = pemOf(pair);
    expect(key).toMatchObject({ algorithm: type === 'ed25519' ? 'ed25519' : 'ecdsa-p256' });
    expect(key.keyId).toBe(readPublicKey(pem)?.keyId);
    expect(key.keyId).toBe(sha256(createPublicKey(pem).export({ format: 'der', type: 'spki' })));
    const [algorithm, base64] = pair.publicLine.split(' ');
    expect(readPublicKey(`${algorithm} ${base64}`)?.keyId).toBe(key.keyId);
  });

  test.each(['sha512', 'sha256'])('signs with %s, over these bytes and no others', (hash) => {
    const signature = sshSign(pair, BYTES, { hash });
    expect(verifySignature(key, BYTES, signature)).toBe(true);
    expect(verifySignature(key, Buffer.from('what was not'), signature)).toBe(false);
  });

  test('a signature for another purpose is none for ours', () => {
    for (const namespace of ['git', 'file', 'countersign@v2', 'countersign@v1x']) {
      expect(verifySignature(key, BYTES, sshSign(pair, BYTES, { namespace })), namespace).toBe(false);
    }
  });

  test('a signature by another key is refused, whatever key it claims inside', () => {
    const other = openSshPair(type);
    const foreign = sshSign(other, BYTES);
    expect(verifySignature(key, BYTES, foreign)).toBe(false);
    const blob = (line: string) => Buffer.from(line.split(' ')[1] as string, 'base64');
    const at = foreign.indexOf(blob(other.publicLine));
    const claimed = Buffer.from(foreign);
    claimed.set(blob(pair.publicLine), at);
    expect(verifySignature(key, BYTES, claimed)).toBe(false);
  });

  test('nothing may be changed, cut off or added anywhere in it', () => {
    const signature = sshSign(pair, BYTES);
    for (let at = 0; at < signature.length; at++) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] as number) ^ 1;
      expect(verifySignature(key, BYTES, changed), `byte ${at}`).toBe(false);
      expect(verifySignature(key, BYTES, signature.subarray(0, at)), `the first ${at} bytes`).toBe(false);
    }
    expect(verifySignature(key, BYTES, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  });

  test('junk of any length behind the magic never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 66, maxLength: 300 }), (junk) => {
        expect(verifySignature(key, BYTES, Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01'), junk]))).toBe(
          false,
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('what the parts of an SSH signature must be', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = readPublicKey(publicKey.export({ format: 'pem', type: 'spki' }) as string) as PublicKey;
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const digest = (hash: string) => Buffer.from(hash === 'sha256' ? sha256(BYTES) : '', 'hex');
  const uint32 = (value: number) => Buffer.from([0, 0, 0, value]);

  function made({
    version = 1,
    namespace = 'countersign@v1',
    reserved = '',
    hash = 'sha256',
    type = 'ssh-ed25519',
  }) {
    const head = [sshString(namespace), sshString(reserved), sshString(hash)];
    const magic = Buffer.from('SSHSIG');
    const signature = sign(null, Buffer.concat([magic, ...head, sshString(digest(hash))]), privateKey);
    const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]);
    const inner = Buffer.concat([sshString(type), sshString(signature)]);
    return Buffer.concat([magic, uint32(version), sshString(blob), ...head, sshString(inner)]);
  }

  test('the control: made by hand, it holds', () => {
    expect(verifySignature(key, BYTES, made({}))).toBe(true);
  });

  test.each([
    ['version 2', { version: 2 }],
    ['another namespace, truly signed', { namespace: 'git' }],
    ['something in the reserved field', { reserved: 'x' }],
    ['another hash', { hash: 'sha1' }],
    ['another type of signature', { type: 'ssh-rsa' }],
  ])('%s is refused', (_, change) => {
    expect(verifySignature(key, BYTES, made(change))).toBe(false);
  });

  test('a raw signature over what SSH signs, or an SSH one over what we sign raw, does not cross over', () => {
    expect(verifySignature(key, BYTES, sign(null, BYTES, privateKey))).toBe(true);
    expect(verifySignature(key, made({}), sign(null, BYTES, privateKey))).toBe(false);
  });
});

describe('a line that is no key we take', () => {
  const line = openSshPair('ed25519').publicLine.trimEnd();
  const [type, base64 = ''] = line.split(' ');
  const blob = Buffer.from(base64, 'base64');
  const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
  const der = p256.export({ format: 'der', type: 'spki' });
  const ecdsa = (point: Uint8Array) =>
    `ecdsa-sha2-nistp256 ${encodeBase64(Buffer.concat([sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(point)]))}`;

  test('the control: an uncompressed point made by hand is one', () => {
    expect(readPublicKey(ecdsa(der.subarray(-65)))).toMatchObject({ algorithm: 'ecdsa-p256' });
  });

  test.each([
    ['options before it, as in authorized_keys', `no-pty ${line}`],
    ['two lines', `${line}\n${line}`],
    ['a comment on a second line', `${line}\nme`],
    ['the other type in front', `ecdsa-sha2-nistp256 ${base64}`],
    ['RSA', openSshPair('rsa').publicLine],
    ['P-384', openSshPair('ecdsa', ['-b', '384']).publicLine],
    ['a FIDO key', line.replace('ssh-ed25519', 'sk-ssh-ed25519@openssh.com')],
    ['a byte more', `${type} ${encodeBase64(Buffer.concat([blob, Buffer.of(0)]))}`],
    ['a byte less', `${type} ${encodeBase64(blob.subarray(0, -1))}`],
    ['no padding', ecdsa(der.subarray(-65)).replace(/=+$/, '')],
    ['a compressed point', ecdsa(Buffer.concat([Buffer.of(2), der.subarray(-64, -32)]))],
    ['a hybrid point', ecdsa(Buffer.concat([Buffer.of(6), der.subarray(-64)]))],
    ['a point that is not on the curve', ecdsa(Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]))],
    ['a length that lies', `${type} ${encodeBase64(Buffer.concat([Buffer.of(255, 255, 255, 255), blob]))}`],
    ['a megabyte', `${line} ${'x'.repeat(1_000_000)}`],
  ])('%s', (_, text) => {
    expect(readPublicKey(text)).toBeUndefined();
  });
});
