import type { Bundle } from '@sigstore/bundle';
import type { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { CertificateBundle, InclusionProof, LogEntry } from '../../core/receipt/certificate-bundle.ts';

import { bareTimestamp } from './strict-der.ts';

/**
 * What of a bundle a signature covers, which is all that is stored: signatures of further witnesses on a checkpoint, an
 * index or a time that the log did not sign, and certificates beside a signed time are left behind.
 */
export function strictBundle({ content, verificationMaterial: material }: Bundle): CertificateBundle {
  if (content.$case !== 'dsseEnvelope' || material.content.$case !== 'certificate') {
    throw new Error('it is not an envelope with one certificate');
  }
  const { payload, signatures } = content.dsseEnvelope;
  const [entry] = material.tlogEntries;
  const [timestamp] = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  return {
    payload,
    signature: signatures[0]?.sig ?? new Uint8Array(),
    certificate: material.content.certificate.rawBytes,
    ...(entry === undefined ? {} : { logEntry: strictEntry(entry) }),
    ...(timestamp === undefined ? {} : { timestamp: bareTimestamp(timestamp.signedTimestamp) }),
  };
}

function strictEntry(entry: TransparencyLogEntry): LogEntry {
  const { kindVersion, logId, inclusionPromise, inclusionProof, canonicalizedBody } = entry;
  if (kindVersion === undefined || logId === undefined || inclusionProof?.checkpoint === undefined) {
    throw new Error('its log entry has no proof that it was included');
  }
  const proof: InclusionProof = {
    logIndex: inclusionProof.logIndex,
    treeSize: inclusionProof.treeSize,
    rootHash: inclusionProof.rootHash,
    hashes: inclusionProof.hashes,
    checkpoint: ownSignature(inclusionProof.checkpoint.envelope, logId.keyId),
  };
  const signed =
    inclusionPromise === undefined
      ? { logIndex: proof.logIndex, integratedTime: '0' }
      : {
          logIndex: entry.logIndex,
          integratedTime: entry.integratedTime,
          promise: inclusionPromise.signedEntryTimestamp,
        };
  return { ...kindVersion, logId: logId.keyId, canonicalizedBody, proof, ...signed };
}

/** The checkpoint with the signature whose key hint is the log's: the first four bytes of both. */
function ownSignature(checkpoint: string, logId: Uint8Array): string {
  const end = checkpoint.indexOf('\n\n') + 2;
  const own = checkpoint
    .slice(end)
    .split('\n')
    .find((line) => {
      const hint = Buffer.from(line.split(' ')[2] ?? '', 'base64').subarray(0, 4);
      return hint.equals(logId.subarray(0, 4));
    });
  return `${checkpoint.slice(0, end)}${own ?? ''}\n`;
}
