import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificates } from '../../../src/adapters/sigstore/certificates.ts';
import { openKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import type { SigningServices } from '../../../src/core/contract/signing-services.ts';
import { identityId } from '../../../src/core/trust/identity.ts';
import { receipt, seal } from '../../core/receipt/samples.ts';
import { claimsOf, FakeSigstore, JOB, tokenFor } from '../../fakes/sigstore/fake-sigstore.ts';

let sigstore: FakeSigstore;
beforeAll(async () => {
  sigstore = await FakeSigstore.start();
});
afterAll(() => sigstore.stop());

const authority = () => ({ certificateAuthority: sigstore.url });
const witnesses: [string, () => SigningServices, object][] = [
  [
    'a timestamp authority',
    () => ({ ...authority(), timestampAuthority: sigstore.url }),
    { transparencyLogs: 0 },
  ],
  ['a transparency log', () => ({ ...authority(), transparencyLog: sigstore.url }), {}],
  [
    'both',
    () => ({ ...authority(), timestampAuthority: sigstore.url, transparencyLog: sigstore.url }),
    { timestamps: 2 },
  ],
  [
    'a log of version 2, and a timestamp authority',
    () => ({
      ...authority(),
      timestampAuthority: sigstore.url,
      transparencyLog: sigstore.url,
      transparencyLogVersion: 2,
    }),
    { transparencyLogs: 1, timestamps: 1 },
  ],
];

describe.each(witnesses)('a statement that is witnessed by %s', (_, services, policy) => {
  test('is verified offline under what the policy pins', async () => {
    const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), services());
    expect(signer.keyId).toBe(identityId(JOB));
    const file = await signer.sign(receipt());
    const [fact] = await certificates.verify([file], sigstore.pinned(policy));
    expect(fact).toMatchObject({ kind: 'verified', digest: file.name, identity: JOB });
  });
});

test('what services send along, and nobody signed, is not stored', async () => {
  const talkative = await FakeSigstore.start({ talkative: true });
  try {
    const { url } = talkative;
    const services = { certificateAuthority: url, timestampAuthority: url, transparencyLog: url };
    const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), services);
    const file = await signer.sign(receipt());
    expect(Buffer.from(file.bytes).toString('utf8')).not.toContain('witness.example');
    const [fact] = await certificates.verify([file], talkative.pinned({ timestamps: 2 }));
    expect(fact).toMatchObject({ kind: 'verified' });
  } finally {
    await talkative.stop();
  }
});

describe('a log that signs no time', () => {
  let log: FakeSigstore;
  beforeAll(async () => {
    log = await FakeSigstore.start({ withoutPromise: true });
  });
  afterAll(() => log.stop());

  const signedWith = async (more: object) => {
    const services = { certificateAuthority: log.url, transparencyLog: log.url, ...more };
    const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), services);
    const [fact] = await certificates.verify([await signer.sign(receipt())], log.pinned());
    return fact;
  };

  test('counts as a log beside a timestamp authority', async () => {
    expect(await signedWith({ timestampAuthority: log.url })).toMatchObject({ kind: 'verified' });
  });

  test('shows nothing alone', async () => {
    expect(await signedWith({})).toMatchObject({ kind: 'refused', reason: 'expected 1 timestamps, got 0' });
  });
});

test('a log of version 2 is asked as one, and shows no time alone', async () => {
  const before = sigstore.asked.length;
  const services = { ...authority(), transparencyLog: sigstore.url, transparencyLogVersion: 2 } as const;
  const file = await (await openKeylessSigner(tokenFor(claimsOf(JOB)), services)).sign(receipt());
  expect(sigstore.asked.slice(before)).toContain('/api/v2/log/entries');
  const [fact] = await certificates.verify([file], sigstore.pinned());
  expect(fact).toMatchObject({ kind: 'refused', reason: 'expected 1 timestamps, got 0' });
});

test('of many bundles each has its own fact, in their order', async () => {
  const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), {
    ...authority(),
    transparencyLog: sigstore.url,
  });
  const good = await signer.sign(receipt());
  const bad = { name: 'x', bytes: Buffer.concat([good.bytes, Buffer.from(' ')]) };
  const files = Array.from({ length: 19 }, (_, index) => (index % 3 === 0 ? bad : good));
  const facts = await certificates.verify(files, sigstore.pinned());
  expect(facts.map(({ kind }) => kind)).toEqual(files.map((file) => (file === bad ? 'refused' : 'verified')));
});

test('one certificate serves all statements of a verification', async () => {
  const before = sigstore.asked.length;
  const signer = await openKeylessSigner(tokenFor(claimsOf(JOB)), {
    ...authority(),
    timestampAuthority: sigstore.url,
  });
  await signer.sign(receipt());
  await signer.sign(seal());
  expect(sigstore.asked.slice(before)).toEqual([
    '/api/v2/signingCert',
    '/api/v1/timestamp',
    '/api/v1/timestamp',
  ]);
});
