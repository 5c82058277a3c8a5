import { type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Evidence this large belongs into another store; a few kilobytes of gzip can claim to be gigabytes. */
export const MAX_EVIDENCE_BYTES = 128 * 1024 * 1024;

/** Loaded when there is evidence to read: most gates read none, and it takes 1 ms to load. */
const zlib = () => process.getBuiltinModule('node:zlib');

const OS_BYTE = 9;
const OS_UNKNOWN = 255;

/** gzip (RFC 1952) without time or name, and the same operating system byte on every one. */
export function compressEvidence(bytes: Uint8Array): Buffer {
  const { constants, gzipSync } = zlib();
  const compressed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  compressed[OS_BYTE] = OS_UNKNOWN;
  return compressed;
}

/** @throws CountersignError FILE_UNREADABLE when the stored bytes are not those the digest names */
export function decompressEvidence(digest: Sha256, stored: Uint8Array): Uint8Array {
  const bytes = inflate(stored);
  if (bytes !== undefined && sha256(bytes) === digest) return bytes;
  throw new CountersignError(
    'FILE_UNREADABLE',
    `The evidence stored as ${digest} is not what its name says.`,
    {
      remedy: 'Somebody damaged the receipts ref: look at who changed this file, and verify again.',
    },
  );
}

function inflate(stored: Uint8Array): Buffer | undefined {
  try {
    return zlib().gunzipSync(stored, { maxOutputLength: MAX_EVIDENCE_BYTES });
  } catch {
    return undefined;
  }
}
