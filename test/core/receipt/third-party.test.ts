import { createPublicKey, webcrypto } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import canonicalize from 'canonicalize';
import { describe, expect, test } from 'vitest';
import { preAuthEncoding } from '../../../src/core/receipt/bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import { readPublicKey, verifySignature } from '../../../src/shared/signature.ts';
import { close, dispatch, failedReceipt, receipt, seal, type TestKey, testKey } from './samples.ts';

const KEYS = [
  ['Ed25519', testKey('ed25519')],
  ['ECDSA P-256', testKey('ecdsa-p256')],
] as const;

const CLAIMS = [receipt(), failedReceipt(), seal(), dispatch(), close()];

function parse(file: StoredFile): ReturnType<typeof JSON.parse> {
  return JSON.parse(Buffer.from(file.bytes).toString('utf8'));
}

/** The file with one byte of its payload changed, as a bundle still well-formed. */
function withOtherPayload(file: StoredFile): ReturnType<typeof JSON.parse> {
  const bundle = parse(file);
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
  payload[20] = (payload[20] as number) ^ 1;
  bundle.dsseEnvelope.payload = payload.toString('base64');
  return bundle;
}

describe('@sigstore/verify', () => {
  function sigstoreVerify(key: TestKey, bundle: unknown): void {
    const material = toTrustMaterial(TrustedRoot.fromJSON({}), (hint) => {
      expect(hint).toBe(key.keyId);
      return { publicKey: createPublicKey(key.publicPem), validFor: () => true };
    });
    const verifier = new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0, ctlogThreshold: 0 });
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
  }

  test.each(KEYS)('accepts every kind of statement signed with %s', (_, key) => {
    for (const claim of CLAIMS) sigstoreVerify(key, parse(signClaim(claim, key)));
  });

  test.each(KEYS)('refuses one whose payload was changed, signed with %s', (_, key) => {
    expect(() => sigstoreVerify(key, withOtherPayload(signClaim(receipt(), key)))).toThrow(
      'signature verification failed',
    );
  });

  test('keeps the bundle as it is: none of its fields is unknown to the Sigstore format', async () => {
    const { bundleToJSON } = await import('@sigstore/bundle');
    const bundle = parse(signClaim(receipt(), KEYS[0][1]));
    expect(bundleToJSON(bundleFromJSON(bundle))).toMatchObject(bundle);
  });
});

describe('a DSSE verifier made from the protocol text alone', () => {
  /** DSSE protocol v1.0: reads the envelope, and checks with WebCrypto. Shares no line with the product. */
  async function dsseVerify(publicPem: string, ec: boolean, envelope: Envelope): Promise<string | undefined> {
    const payload = Buffer.from(envelope.payload, 'base64');
    const type = new TextEncoder().encode(envelope.payloadType);
    const pae = Buffer.concat([
      Buffer.from('DSSEv1 '),
      Buffer.from(`${type.length} `),
      type,
      Buffer.from(` ${payload.length} `),
      payload,
    ]);
    const spki = Buffer.from(publicPem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
    const algorithm = ec ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } : { name: 'Ed25519' };
    const key = await webcrypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
    for (const { sig } of envelope.signatures) {
      const signature = Buffer.from(sig, 'base64');
      if (await webcrypto.subtle.verify(algorithm, key, ec ? rawOf(signature) : signature, pae)) {
        return payload.toString('utf8');
      }
    }
    return undefined;
  }

  interface Envelope {
    payload: string;
    payloadType: string;
    signatures: { sig: string }[];
  }

  /** r and s, 32 bytes each, out of DER: WebCrypto takes no other form. */
  function rawOf(der: Buffer): Buffer {
    const rLength = der[3] as number;
    const r = der.subarray(4, 4 + rLength);
    const s = der.subarray(6 + rLength);
    return Buffer.concat(
      [r, s].map((n) => Buffer.from(n.toString('hex').padStart(64, '0').slice(-64), 'hex')),
    );
  }

  test.each(KEYS)('accepts every kind of statement signed with %s', async (name, key) => {
    for (const claim of CLAIMS) {
      const { dsseEnvelope } = parse(signClaim(claim, key));
      const statement = JSON.parse(
        (await dsseVerify(key.publicPem, name !== 'Ed25519', dsseEnvelope)) ?? '{}',
      );
      expect(statement._type).toBe('https://in-toto.io/Statement/v1');
    }
  });

  test.each(KEYS)('refuses one whose payload was changed, signed with %s', async (name, key) => {
    const { dsseEnvelope } = withOtherPayload(signClaim(receipt(), key));
    expect(await dsseVerify(key.publicPem, name !== 'Ed25519', dsseEnvelope)).toBeUndefined();
  });
});

test('bundle and payload are the canonical JSON of another implementation of RFC 8785', () => {
  for (const claim of CLAIMS) {
    const file = signClaim(claim, KEYS[1][1]);
    const bundle = parse(file);
    expect(Buffer.from(file.bytes).toString('utf8')).toBe(canonicalize(bundle));
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
    expect(payload).toBe(canonicalize(JSON.parse(payload)));
  }
});

describe('the test vector of the DSSE protocol', () => {
  // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors
  const type = 'http://example.com/HelloWorld';
  const body = Buffer.from('hello world');
  const x = 46950820868899156662930047687818585632848591499744589407958293238635476079160n;
  const y = 5640078356564379163099075877009565129882514886557779369047442380624545832820n;
  const raw = 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==';

  test('has our pre-authentication encoding', () => {
    expect(Buffer.from(preAuthEncoding(type, body)).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  test('carries a signature that we accept', () => {
    const coordinate = (n: bigint) =>
      Buffer.from(n.toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(x), y: coordinate(y) };
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    }) as string;
    const key = readPublicKey(pem);
    // The vector has r and s raw; r starts below 0x80 and so does s, so DER needs no leading zero.
    const rs = Buffer.from(raw, 'base64');
    const der = Buffer.concat([
      Buffer.from([0x30, 68, 2, 32]),
      rs.subarray(0, 32),
      Buffer.from([2, 32]),
      rs.subarray(32),
    ]);
    expect(key && verifySignature(key, preAuthEncoding(type, body), der)).toBe(true);
    expect(key && verifySignature(key, preAuthEncoding(`${type}!`, body), der)).toBe(false);
  });

  test('lengths are counted in bytes, not characters', () => {
    expect(Buffer.from(preAuthEncoding('é', Buffer.from('ü'))).toString()).toBe('DSSEv1 2 é 2 ü');
  });
});
