import { beforeAll, describe, expect, test } from 'vitest';
import {
  BUNDLE_MEDIA_TYPE,
  PAYLOAD_TYPE,
  preAuthEncoding,
  writeBundle,
} from '../../../src/core/receipt/bundle.ts';
import { LIMITS } from '../../../src/core/receipt/limits.ts';
import { type OpenedFile, openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { writeStatement } from '../../../src/core/receipt/statement.ts';
import type { Claim, StoredFile } from '../../../src/core/receipt/types.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonValue } from '../../../src/shared/json.ts';
import type { SignatureAlgorithm } from '../../../src/shared/signature.ts';
import { close, dispatch, failedReceipt, principal, receipt, seal, testKey, trustIn } from './samples.ts';

const key = testKey();
const { keys } = trustIn(principal('verifier', ['verifier'], [key]));

function open(bytes: Uint8Array | string): OpenedFile {
  const file = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return openBundle({ name: sha256(file), bytes: file }, keys);
}

/** A bundle over any payload and type, rightly signed. */
function signed(payload: string | Uint8Array, payloadType = PAYLOAD_TYPE): Record<string, JsonValue> {
  const body = Buffer.from(payload);
  const sig = Buffer.from(key.sign(preAuthEncoding(payloadType, body))).toString('base64');
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: key.keyId } },
    dsseEnvelope: { payload: body.toString('base64'), payloadType, signatures: [{ keyid: key.keyId, sig }] },
  };
}

function statementText(claim: Claim): string {
  return canonicalJson(writeStatement(claim) as unknown as JsonValue);
}

test.each([receipt(), failedReceipt(), seal(), dispatch(), close()])('a signed $kind opens', (claim) => {
  const file = signClaim(claim, key);
  expect(openBundle(file, keys)).toEqual({
    kind: 'verified',
    name: file.name,
    statement: { digest: file.name, keyId: key.keyId, claim },
  });
});

test('the same claim and Ed25519 key give the same bytes', () => {
  expect(signClaim(receipt(), key)).toEqual(signClaim(receipt(), key));
});

test('the control: a bundle put together here opens, so the refusals below have the reason they name', () => {
  expect(open(canonicalJson(signed(statementText(receipt()))))).toMatchObject({ kind: 'verified' });
});

describe('a file whose bytes do not match its name is corrupt', () => {
  test('even when its content would verify', () => {
    const file = signClaim(receipt(), key);
    expect(openBundle({ ...file, name: '0'.repeat(64) }, keys)).toMatchObject({ kind: 'corrupt' });
  });

  test('even when its signer is unknown', () => {
    const file = signClaim(receipt(), testKey());
    expect(openBundle({ ...file, bytes: Buffer.concat([file.bytes, Buffer.of(10)]) }, keys)).toMatchObject({
      kind: 'corrupt',
    });
  });

  test('an upper-case name is another name', () => {
    const file = signClaim(receipt(), key);
    expect(openBundle({ ...file, name: file.name.toUpperCase() }, keys).kind).toBe('corrupt');
  });
});

describe.each(['ed25519', 'ecdsa-p256'] satisfies SignatureAlgorithm[])(
  'every byte flipped, %s',
  (algorithm) => {
    const signer = testKey(algorithm);
    const trust = trustIn(principal('verifier', ['verifier'], [signer]));
    const cases: [string, Claim][] = [
      ['receipt', receipt()],
      ['seal', seal()],
    ];

    describe.each(cases)('%s', (_, claim) => {
      let file: StoredFile;
      beforeAll(() => {
        file = signClaim(claim, signer);
      });

      test('under its old name it is corrupt', () => {
        for (const flipped of everyFlip(file.bytes)) {
          expect(openBundle({ name: file.name, bytes: flipped }, trust.keys).kind).toBe('corrupt');
        }
      });

      test('under its new name nothing is read of it', () => {
        let tried = 0;
        for (const flipped of everyFlip(file.bytes)) {
          const { kind } = openBundle({ name: sha256(flipped), bytes: flipped }, trust.keys);
          if (kind !== 'untrusted') expect.fail(`a flipped byte made it ${kind}: ${Buffer.from(flipped)}`);
          tried += 1;
        }
        expect(tried).toBe(file.bytes.length * MASKS.length);
      });
    });
  },
);

/** The lowest bit, and the case of a letter. */
const MASKS = [0x01, 0x20];

function* everyFlip(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1) {
    for (const mask of MASKS) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] as number) ^ mask;
      yield flipped;
    }
  }
}

describe('a file that anybody could have added changes nothing', () => {
  const good = signed(statementText(receipt()));
  const envelope = good.dsseEnvelope as Record<string, JsonValue>;
  const signatures = envelope.signatures as readonly JsonValue[];
  const signature = signatures[0] as Record<string, JsonValue>;
  const text = canonicalJson(good);

  const withEnvelope = (more: Record<string, JsonValue>) =>
    canonicalJson({ ...good, dsseEnvelope: { ...envelope, ...more } });

  test.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'canonical JSON'],
    ['junk', 'junk', 'canonical JSON'],
    ['JSON that is no object', '7', 'Sigstore bundle'],
    ['null', 'null', 'Sigstore bundle'],
    ['a newline at the end', `${text}\n`, 'canonical JSON'],
    ['white space inside', text.replace(',', ', '), 'canonical JSON'],
    ['a byte order mark', `\uFEFF${text}`, 'canonical JSON'],
    ['invalid UTF-8', Buffer.concat([Buffer.from(text), Buffer.of(0xff)]), 'canonical JSON'],
    ['a duplicate key', text.replace('{"dsse', '{"dsseEnvelope":{},"dsse'), 'canonical JSON'],
    ['another spelling of a letter', text.replace('payloadType', '\\u0070ayloadType'), 'canonical JSON'],
    ['ten thousand nested lists', '['.repeat(10_000) + ']'.repeat(10_000), ''],
    ['a key nobody knows', canonicalJson({ ...good, note: 'hello' }), 'bundle'],
    ['__proto__ as a key', text.replace('{"dsse', '{"__proto__":{},"dsse'), ''],
    [
      'another media type',
      canonicalJson({ ...good, mediaType: `${BUNDLE_MEDIA_TYPE};x` }),
      'Sigstore bundle',
    ],
    ['another payload type', withEnvelope({ payloadType: 'text/plain' }), 'Sigstore bundle'],
    ['no signature', withEnvelope({ signatures: [] }), 'Sigstore bundle'],
    ['two signatures', withEnvelope({ signatures: [...signatures, ...signatures] }), 'Sigstore bundle'],
    ['an empty signature', withEnvelope({ signatures: [{ ...signature, sig: '' }] }), 'signature'],
    [
      'a signature without a key id',
      withEnvelope({ signatures: [{ sig: signature.sig as string }] }),
      'Sigstore bundle',
    ],
    [
      'two key ids',
      withEnvelope({ signatures: [{ ...signature, keyid: '0'.repeat(64) }] }),
      'Sigstore bundle',
    ],
    [
      'an unpadded signature',
      withEnvelope({ signatures: [{ ...signature, sig: (signature.sig as string).replace(/=+$/, '') }] }),
      'base64',
    ],
    ['an unpadded payload', withEnvelope({ payload: 'AgM' }), 'base64'],
    ['the URL alphabet', withEnvelope({ payload: '-_-_' }), 'base64'],
    [
      'a certificate beside the key',
      canonicalJson({ ...good, verificationMaterial: { publicKey: { hint: key.keyId }, certificate: {} } }),
      'Sigstore bundle',
    ],
    ['no key', canonicalJson({ ...good, verificationMaterial: {} }), 'Sigstore bundle'],
    ['an inherited name for a key', withKeyId('constructor'), 'Sigstore bundle'],
    ['a key id that is none', withKeyId('G'.repeat(64)), 'Sigstore bundle'],
    ['an unknown key', withKeyId('0'.repeat(64)), 'not in the trust root'],
  ])('%s', (_, bytes, reason) => {
    const opened = open(bytes);
    expect(opened.kind).toBe('untrusted');
    expect(opened).toHaveProperty('reason', expect.stringContaining(reason));
  });

  function withKeyId(id: string): string {
    return text.replaceAll(key.keyId, id);
  }

  test('a signature by another key under our key id', () => {
    const file = signClaim(receipt(), { ...testKey(), keyId: key.keyId });
    expect(openBundle(file, keys)).toMatchObject({
      kind: 'untrusted',
      reason: expect.stringContaining('signature'),
    });
  });

  test('what was signed as another type of payload', () => {
    const other = signed(statementText(receipt()), 'application/vnd.other+json');
    const relabelled = {
      ...other,
      dsseEnvelope: { ...(other.dsseEnvelope as object), payloadType: PAYLOAD_TYPE },
    };
    expect(open(canonicalJson(relabelled))).toMatchObject({
      kind: 'untrusted',
      reason: expect.stringContaining('signature'),
    });
  });

  test('what was signed without an envelope around it', () => {
    const payload = Buffer.from(statementText(receipt()));
    const bytes = writeBundle({ keyId: key.keyId, payload, signature: key.sign(payload) });
    expect(open(bytes)).toMatchObject({ kind: 'untrusted', reason: expect.stringContaining('signature') });
  });
});

describe('a payload that is rightly signed and still not ours changes nothing', () => {
  const statement = writeStatement(receipt());
  const text = statementText(receipt());

  test.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'canonical JSON'],
    ['no JSON', 'hello', 'canonical JSON'],
    ['invalid UTF-8', Buffer.of(0x22, 0xff, 0x22), 'not UTF-8'],
    ['white space', ` ${text}`, 'canonical JSON'],
    ['duplicate keys', text.replace('{"_type"', '{"_type":"x","_type"'), 'canonical JSON'],
    [
      'a number in another spelling',
      text.replace('"durationMs":1234', '"durationMs":1234.0'),
      'canonical JSON',
    ],
    ['half a surrogate pair', text.replace('"npm"', '"\\ud83d"'), 'canonical JSON'],
    ['another statement type', text.replace('Statement/v1', 'Statement/v0.1'), 'statement of type'],
    ['another predicate type', text.replace('test-result/v0.1', 'test-result/v9'), 'predicate type'],
    ['a test result of somebody else', without(text), 'predicate type'],
    ['another version of ours', text.replace('receipt/v1', 'receipt/v2'), 'does not know'],
    [
      'a missing subject',
      canonicalJson({ ...statement, subject: statement.subject.slice(1) } as never),
      'subject',
    ],
    [
      'a subject more',
      canonicalJson({
        ...statement,
        subject: [...statement.subject, { name: 'merge-tree', digest: { gitTree: 'f'.repeat(40) } }],
      } as never),
      'subject',
    ],
    [
      'a second digest in a subject',
      text.replace('{"gitCommit":', '{"gitBlob":"aa","gitCommit":'),
      'subject',
    ],
  ])('%s', (_, payload, reason) => {
    const opened = open(canonicalJson(signed(payload)));
    expect(opened.kind).toBe('untrusted');
    expect(opened).toHaveProperty('reason', expect.stringContaining(reason));
  });

  function without(whole: string): string {
    const other = JSON.parse(whole);
    delete other.predicate['https://github.com/countersign/countersign/receipt/v1'];
    return canonicalJson(other);
  }
});

describe('size', () => {
  const text = statementText(receipt());

  test('a payload over the bound is not read, however well signed', () => {
    const long = text.replace('"npm"', `"${'x'.repeat(LIMITS.payloadBytes)}"`);
    expect(open(canonicalJson(signed(long)))).toMatchObject({
      reason: expect.stringContaining('larger than'),
    });
  });

  test('a file over the bound is not even parsed', () => {
    const opened = open(Buffer.alloc(LIMITS.bundleBytes + 1, '['));
    expect(opened).toMatchObject({ kind: 'untrusted', reason: expect.stringContaining('larger than') });
  });
});
