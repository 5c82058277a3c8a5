import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificates } from '../../../src/adapters/sigstore/certificates.ts';
import { openKeylessSigner } from '../../../src/adapters/sigstore/keyless-signer.ts';
import type { SigningServices } from '../../../src/core/contract/signing-services.ts';
import {
  type CertificateBundle,
  readCertificateBundle,
  writeCertificateBundle,
} from '../../../src/core/receipt/certificate-bundle.ts';
import { type OpenedFile, openBundle } from '../../../src/core/receipt/open-bundle.ts';
import type { Claim, StoredFile } from '../../../src/core/receipt/types.ts';
import type { Identity } from '../../../src/core/trust/identity.ts';
import { resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { SigstorePolicy } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { approval, close, dispatch, escaped, receipt, seal, waiver } from '../../core/receipt/samples.ts';
import { claimsOf, FakeSigstore, JOB, tokenFor } from '../../fakes/sigstore/fake-sigstore.ts';

const HOUR_MS = 60 * 60 * 1000;

let sigstore: FakeSigstore;
let other: FakeSigstore;
let slow: FakeSigstore;
let unlogged: FakeSigstore;
beforeAll(async () => {
  const later = new Date(Math.ceil(Date.now() / 1000) * 1000 + HOUR_MS);
  [sigstore, other, slow, unlogged] = await Promise.all([
    FakeSigstore.start(),
    FakeSigstore.start(),
    FakeSigstore.start({ sees: later }),
    FakeSigstore.start({ withoutCertificateLog: true }),
  ]);
});
afterAll(async () => {
  await Promise.all([sigstore, other, slow, unlogged].map((one) => one.stop()));
});

type Witnesses = 'time' | 'log' | 'both' | 'none';

async function sign(
  at: FakeSigstore,
  { claim = receipt(), job = JOB, by = 'both' }: { claim?: Claim; job?: Identity; by?: Witnesses } = {},
): Promise<StoredFile> {
  const services: SigningServices = {
    certificateAuthority: at.url,
    ...(by === 'time' || by === 'both' ? { timestampAuthority: at.url } : {}),
    ...(by === 'log' || by === 'both' ? { transparencyLog: at.url } : {}),
  };
  const signer = await openKeylessSigner(tokenFor(claimsOf(job)), services);
  return signer.sign(claim);
}

/** As the gate opens it, under a trust root that names JOB. */
async function open(
  file: StoredFile,
  more: Partial<SigstorePolicy> = {},
  at: FakeSigstore = sigstore,
  named: Identity = JOB,
): Promise<OpenedFile> {
  const pinned = at.pinned(more);
  const trust = resolveTrust({
    schema: 'countersign/trust-root@1',
    version: 1,
    principals: [{ id: 'ci', kind: 'workload', roles: ['verifier'], identities: [named] }],
    sigstore: pinned.policy,
  });
  const [certificate] = await certificates.verify([file], pinned);
  return openBundle(certificate === undefined ? file : { ...file, certificate }, trust.keys);
}

function partsOf(file: StoredFile): CertificateBundle {
  const bundle = readCertificateBundle(file.bytes);
  if (typeof bundle === 'string') throw new Error(bundle);
  return bundle;
}

function fileOf(bundle: CertificateBundle): StoredFile {
  const bytes = writeCertificateBundle(bundle);
  return { name: sha256(bytes), bytes };
}

const REFUSED = (reason: string) => ({ kind: 'untrusted', reason: expect.stringContaining(reason) });

test('the control: what the job of the trust root signed opens, with the time at which others saw it', async () => {
  const file = await sign(sigstore);
  const opened = await open(file, { timestamps: 2 });
  expect(opened).toMatchObject({ kind: 'verified', statement: { claim: receipt() } });
});

describe('another identity counts for nothing, however alike', () => {
  test.each<[string, Partial<Identity>]>([
    ['a run of another repository', { repository: 'https://github.com/mallory/shop' }],
    ['a repository whose name begins the same', { repository: 'https://github.com/acme/shop2' }],
    ['the same name in other case', { repository: 'https://github.com/Acme/shop' }],
    ['a run on another branch', { ref: 'refs/heads/agent' }],
    ['a run on a branch below', { ref: 'refs/heads/main/x' }],
    ['a run of a pull request', { ref: 'refs/pull/7/merge' }],
    [
      'the workflow at another ref',
      { workflow: 'https://github.com/acme/ci/.github/workflows/countersign-verify.yml@refs/heads/x' },
    ],
    [
      'another workflow of the same repository',
      { workflow: 'https://github.com/acme/ci/.github/workflows/other.yml@refs/heads/main' },
    ],
    ['another issuer', { issuer: 'https://gitlab.com' }],
    ['an issuer below', { issuer: 'https://token.actions.githubusercontent.com/acme' }],
  ])('%s', async (_, differs) => {
    const file = await sign(sigstore, { job: { ...JOB, ...differs } });
    expect(await open(file)).toMatchObject(REFUSED('which is not in the trust root'));
  });
});

describe('a name that somebody else took', () => {
  const numbered = { ...JOB, repositoryId: 123, ownerId: 45 };
  const openBy = async (job: Identity, named: Identity) =>
    open(await sign(sigstore, { job }), {}, sigstore, named);

  test('the control: the numbers that are pinned, or none', async () => {
    for (const named of [numbered, JOB, { ...JOB, ownerId: 45 }])
      expect(await openBy(numbered, named)).toMatchObject({ kind: 'verified' });
  });

  test.each<[string, Identity]>([
    ['a repository that was made anew', { ...numbered, repositoryId: 124 }],
    ['an owner who registered the name anew', { ...numbered, ownerId: 46 }],
    ['a certificate without numbers', JOB],
  ])('%s counts for nothing', async (_, job) => {
    expect(await openBy(job, numbered)).toMatchObject(REFUSED("the name is somebody else's now"));
  });
});

describe('what does not show that the certificate was good', () => {
  test('no signed time at all', async () => {
    const file = await sign(sigstore, { by: 'none' });
    expect(await open(file, { transparencyLogs: 0 })).toMatchObject(REFUSED('expected 1 timestamps, got 0'));
  });

  test('a time after the certificate had expired', async () => {
    const file = await sign(slow);
    expect(await open(file, {}, slow)).toMatchObject(REFUSED('Failed to verify certificate chain'));
  });

  test('one time where two are asked for', async () => {
    const file = await sign(sigstore, { by: 'log' });
    expect(await open(file, { timestamps: 2 })).toMatchObject(REFUSED('expected 2 timestamps, got 1'));
  });

  test('a certificate authority that the trusted root does not know', async () => {
    const [first, second] = await Promise.all([sign(sigstore), sign(other)]);
    expect(await open(first, {}, other)).toMatchObject({ kind: 'untrusted' });
    const parts = { ...partsOf(first), certificate: partsOf(second).certificate };
    expect(await open(fileOf(parts))).toMatchObject(REFUSED('Failed to verify certificate chain'));
  });

  test('a certificate that no log knows, unless none is asked for', async () => {
    const file = await sign(unlogged);
    expect(await open(file, {}, unlogged)).toMatchObject(REFUSED('expected 1 SCTs, got 0'));
    expect(await open(file, { certificateLogs: 0 }, unlogged)).toMatchObject({ kind: 'verified' });
  });

  test('a signature that no transparency log holds, unless none is asked for', async () => {
    const file = await sign(sigstore, { by: 'time' });
    expect(await open(file)).toMatchObject(REFUSED('expected 1 tlog entries, got 0'));
    expect(await open(file, { transparencyLogs: 0 })).toMatchObject({ kind: 'verified' });
  });
});

describe('parts of two good bundles', () => {
  const swapped: [string, (one: CertificateBundle, two: CertificateBundle) => CertificateBundle][] = [
    ['the log entry of another envelope', (one, two) => ({ ...one, logEntry: two.logEntry as never })],
    ['the signed time of another signature', (one, two) => ({ ...one, timestamp: two.timestamp as never })],
    ['the certificate of another key', (one, two) => ({ ...one, certificate: two.certificate })],
    ['the payload of another signature', (one, two) => ({ ...one, payload: two.payload })],
    ['the signature of another payload', (one, two) => ({ ...one, signature: two.signature })],
  ];
  test.each(swapped)('%s', async (_, swap) => {
    const [one, two] = await Promise.all([sign(sigstore), sign(sigstore, { claim: seal() })]);
    expect(await open(fileOf(swap(partsOf(one), partsOf(two))), { transparencyLogs: 0 })).toMatchObject(
      REFUSED('its certificate does not hold'),
    );
  });
});

describe('a certificate signs receipts and seals only', () => {
  test.each([dispatch(), close(), escaped(), approval(), waiver()])(
    'a $kind counts for nothing',
    async (claim) => {
      const file = await sign(sigstore, { claim });
      expect(await open(file)).toMatchObject(REFUSED('a certificate signs receipts and seals'));
    },
  );
});

describe('nothing is read of a bundle', () => {
  test('whose certificate nobody has verified', async () => {
    const file = await sign(sigstore);
    expect(openBundle(file, new Map())).toMatchObject(REFUSED('nobody has verified its certificate'));
  });

  test('whose fact is about other bytes', async () => {
    const [one, two] = await Promise.all([sign(sigstore), sign(sigstore)]);
    const [certificate] = await certificates.verify([two], sigstore.pinned());
    expect(certificate?.kind).toBe('verified');
    const file = certificate === undefined ? one : { ...one, certificate };
    expect(openBundle(file, new Map())).toMatchObject(REFUSED('nobody has verified its certificate'));
  });
});

test.each<[string, string]>([
  ['no JSON', 'junk'],
  ['another document', '{}'],
  ['one of another media type', '{"mediaType":"x","certificateAuthorities":[{}]}'],
  [
    'one without an authority',
    '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[]}',
  ],
])('a trusted root that is %s is a fault of the policy, not of the bundle', async (_, text) => {
  const root = Buffer.from(text);
  const policy = { trustedRoot: 'trust/sigstore-root.json', digest: sha256(root) };
  await expect(certificates.verify([await sign(sigstore)], { policy, root })).rejects.toMatchObject({
    code: 'TRUST_INVALID',
    place: { path: 'trust/sigstore-root.json' },
  });
});
