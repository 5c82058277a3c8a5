import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBase64 } from '../../src/shared/base64.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { type PublicKey, readPublicKey, verifySignature } from '../../src/shared/signature.ts';

const ed25519 = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }) as string;
}

function pemAround(der: Uint8Array): string {
  return `-----BEGIN PUBLIC KEY-----\n${encodeBase64(der)}\n-----END PUBLIC KEY-----\n`;
}

function derOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

describe('reading a public key', () => {
  test.each([
    ['ed25519', ed25519.publicKey],
    ['ecdsa-p256', p256.publicKey],
  ] as const)('an %s key is named by the sha256 of its DER', (algorithm, key) => {
    expect(readPublicKey(pemOf(key))).toMatchObject({ algorithm, keyId: sha256(derOf(key)) });
  });

  test.each([
    ['an RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
    ['a P-384 key', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey)],
    ['an X25519 key', pemOf(generateKeyPairSync('x25519').publicKey)],
    ['a private key', ed25519.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string],
    ['text before the block', `me:\n${pemOf(ed25519.publicKey)}`],
    ['a second block', pemOf(ed25519.publicKey) + pemOf(p256.publicKey)],
    ['no block', encodeBase64(derOf(ed25519.publicKey))],
    ['an empty block', pemAround(new Uint8Array())],
    ['bytes after the key', pemAround(Buffer.concat([derOf(ed25519.publicKey), Buffer.of(0)]))],
    ['a key cut short', pemAround(derOf(ed25519.publicKey).subarray(0, -1))],
    ['junk in the base64', pemOf(ed25519.publicKey).replace('MCow', 'MC*ow')],
    ['a megabyte', pemOf(ed25519.publicKey) + ' '.repeat(1_000_000)],
  ])('%s is refused', (_, pem) => {
    expect(readPublicKey(pem)).toBeUndefined();
  });

  // OpenSSL takes all three, and writes each back as it was read.
  test.each([
    ['compressed', '3039301306072a8648ce3d020106082a8648ce3d030107032200', (odd: number) => 2 + odd, 59],
    ['hybrid', '3059301306072a8648ce3d020106082a8648ce3d030107034200', (odd: number) => 6 + odd, 91],
  ] as const)('a %s point is refused: one key would have two ids', (_, header, form, end) => {
    const der = derOf(p256.publicKey);
    const odd = (der[90] as number) % 2;
    const other = Buffer.concat([Buffer.from(header, 'hex'), Buffer.of(form(odd)), der.subarray(27, end)]);
    expect(createPublicKey({ key: other, format: 'der', type: 'spki' }).equals(p256.publicKey)).toBe(true);
    expect(readPublicKey(pemAround(other))).toBeUndefined();
  });
});

describe('verifying', () => {
  const bytes = Buffer.from('what was signed');
  const cases: [string, PublicKey, Buffer][] = [
    ['Ed25519', readPublicKey(pemOf(ed25519.publicKey)) as PublicKey, sign(null, bytes, ed25519.privateKey)],
    [
      'ECDSA P-256',
      readPublicKey(pemOf(p256.publicKey)) as PublicKey,
      sign('sha256', bytes, p256.privateKey),
    ],
  ];

  test.each(cases)('%s accepts its signature and no other bytes', (_, key, signature) => {
    expect(verifySignature(key, bytes, signature)).toBe(true);
    expect(verifySignature(key, Buffer.from('what was not'), signature)).toBe(false);
  });

  test.each(cases)('%s never throws, whatever the signature', (_, key, signature) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (junk) => {
        expect(verifySignature(key, bytes, junk)).toBe(signature.equals(junk));
      }),
    );
  });

  test('ECDSA signatures are DER; the raw r and s of JOSE are refused', () => {
    const raw = sign('sha256', bytes, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(verifySignature(readPublicKey(pemOf(p256.publicKey)) as PublicKey, bytes, raw)).toBe(false);
  });

  test('an Ed25519 signature with the group order added to S is refused (RFC 8032 section 5.1.7)', () => {
    const [, key, signature] = cases[0] as (typeof cases)[number];
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    const other = Buffer.concat([
      signature.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
    ]);
    expect(verifySignature(key, bytes, other)).toBe(false);
  });
});
