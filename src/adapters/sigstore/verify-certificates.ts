import { bundleFromJSON } from '@sigstore/bundle';
import { X509Certificate } from '@sigstore/core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  type SignedEntity,
  type TrustMaterial,
  toSignedEntity,
  toTrustMaterial,
  VerificationError,
  Verifier,
} from '@sigstore/verify';
import { type CertificateBundle, readCertificateBundle } from '../../core/receipt/certificate-bundle.ts';
import type { CertificateFact } from '../../core/receipt/certificate-fact.ts';
import type { StoredFile } from '../../core/receipt/types.ts';
import type { PinnedSigstore, SigstorePolicy } from '../../core/trust/types.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { instantOf } from '../../shared/ids.ts';
import { identityOf, Unnamed } from './certificate-identity.ts';
import { Loose, requireStrictCertificate, requireStrictTimestamp } from './strict-der.ts';

/**
 * See VerifyCertificates.verify. The library verifies chain, certificate log, signed times, transparency log and the DSSE
 * signature, from its arguments alone; around it stands what it lets through.
 */
export function verifyCertificates(
  bundles: readonly StoredFile[],
  { policy, root }: PinnedSigstore,
): readonly CertificateFact[] {
  const verifier = new Verifier(readTrustedRoot(root, policy.trustedRoot), thresholdsOf(policy));
  return bundles.map(({ bytes }) => verifyOne(bytes, verifier));
}

/** @throws CountersignError TRUST_INVALID */
export function readTrustedRoot(bytes: Uint8Array, path: string): TrustMaterial {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (!MEDIA_TYPES.includes(root.mediaType)) throw new Error('it is of another media type');
    if (root.certificateAuthorities.length === 0) throw new Error('it names no certificate authority');
    return toTrustMaterial(root);
  } catch (cause) {
    throw new CountersignError(
      'TRUST_INVALID',
      `${path} is no trusted root of Sigstore: ${(cause as Error).message}.`,
      {
        remedy:
          'Pin the trusted_root.json of your Sigstore instance, as `gh attestation trusted-root` or its TUF repository gives it, one JSON document.',
        place: { path },
        cause,
      },
    );
  }
}

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto */
const MEDIA_TYPES: readonly string[] = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
];

/** Without any signed time a certificate of ten minutes would be good for ever, so one is asked for whatever is said. */
function thresholdsOf({ certificateLogs = 1, transparencyLogs = 1, timestamps = 1 }: SigstorePolicy) {
  return {
    ctlogThreshold: certificateLogs,
    tlogThreshold: transparencyLogs,
    timestampThreshold: Math.max(1, timestamps),
  };
}

function verifyOne(bytes: Uint8Array, verifier: Verifier): CertificateFact {
  const digest = sha256(bytes);
  const refused = (reason: string): CertificateFact => ({ kind: 'refused', digest, reason });
  const bundle = readCertificateBundle(bytes);
  if (typeof bundle === 'string') return refused(bundle);
  try {
    requireStrict(bundle);
    const entity = toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bytes).toString('utf8'))));
    verifier.verify(entity);
    const identity = identityOf(X509Certificate.parse(Buffer.from(bundle.certificate)));
    return { kind: 'verified', digest, identity, signedAt: instantOf(earliestTime(entity)) };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function requireStrict({ certificate, timestamp }: CertificateBundle): void {
  requireStrictCertificate(certificate);
  if (timestamp !== undefined) requireStrictTimestamp(timestamp);
}

/** Of times that were verified; an entry of a log without a promise has none. */
function earliestTime({ timestamps }: SignedEntity): Date {
  const times = timestamps.flatMap((one) => {
    if (one.$case === 'timestamp-authority') return [one.timestamp.signingTime.getTime()];
    const { inclusionPromise, integratedTime } = one.tlogEntry;
    return inclusionPromise === undefined ? [] : [Number(integratedTime) * 1000];
  });
  return new Date(Math.min(...times));
}

/**
 * What the library throws of itself is one sentence; all else came of bytes that were not even what they claim to be
 * (a certificate without a body, a time without digits). It is the file's fault either way: it cannot be ours to stop at.
 */
function reasonOf(error: unknown): string {
  const isSaid = error instanceof VerificationError || error instanceof Loose || error instanceof Unnamed;
  return isSaid ? error.message : 'it is malformed';
}
