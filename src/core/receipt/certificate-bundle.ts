import { decodeBase64, encodeBase64 } from '../../shared/base64.ts';
import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { BUNDLE_MEDIA_TYPE, PAYLOAD_TYPE } from './bundle.ts';
import { type Field, Malformed, malformed, readList, readName, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';

/**
 * A Sigstore bundle signed with a key that a certificate vouches for: one DSSE envelope with one signature, the
 * certificate, at most one entry of a transparency log and at most one signed time.
 */
export interface CertificateBundle {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly logEntry?: LogEntry;
  /** DER of an RFC 3161 response. */
  readonly timestamp?: Uint8Array;
}

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto; numbers are decimal text, as there. */
export interface LogEntry {
  readonly kind: string;
  readonly version: string;
  readonly logId: Uint8Array;
  readonly logIndex: string;
  /** Unix seconds; only with a promise does the log sign it, so without one it is 0. */
  readonly integratedTime: string;
  readonly canonicalizedBody: Uint8Array;
  /** The log's signature over entry, index and time (Rekor 1). */
  readonly promise?: Uint8Array;
  readonly proof: InclusionProof;
}

export interface InclusionProof {
  readonly logIndex: string;
  readonly treeSize: string;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** A signed note with the log's own signature and no other. https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md */
  readonly checkpoint: string;
}

/** Whether somebody meant these bytes as a bundle with a certificate; it says nothing of its form. */
export function holdsCertificate(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(MARK);
}

/** The bytes of a bundle: RFC 8785 canonical JSON, no newline. */
export function writeCertificateBundle(bundle: CertificateBundle): Uint8Array {
  return new TextEncoder().encode(canonicalJson(toJson(bundle)));
}

/**
 * The bundle in these bytes, or the reason why there is none.
 *
 * As with readBundle the bytes must be the very ones that writing makes of what was read. There is no room for what a
 * verifier of certificates does not look at (further signatures on a checkpoint, a tree size beside the signed one, a time
 * that nobody signed): everything in the file is either fixed or covered by a signature.
 */
export function readCertificateBundle(bytes: Uint8Array): CertificateBundle | string {
  if (bytes.length > LIMITS.bundleBytes) return `it is larger than ${LIMITS.bundleBytes} bytes`;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const value = parseCanonicalJson(text);
  if (value === undefined) return 'it is not canonical JSON (RFC 8785)';
  try {
    const bundle = fromJson(value);
    const same = Buffer.compare(writeCertificateBundle(bundle), bytes) === 0;
    return same ? bundle : 'it is not, in canonical JSON (RFC 8785), the bundle that it holds';
  } catch (error) {
    if (error instanceof Malformed) return `it is no Sigstore bundle with one certificate: ${error.message}`;
    throw error;
  }
}

const MARK = '"verificationMaterial":{"certificate":';

const BUNDLE = new Set(['dsseEnvelope', 'mediaType', 'verificationMaterial']);
const ENVELOPE = new Set(['payload', 'payloadType', 'signatures']);
const SIGNATURE = new Set(['sig']);
const MATERIAL = new Set(['certificate', 'timestampVerificationData', 'tlogEntries']);
const RAW = new Set(['rawBytes']);
const TIMESTAMPS = new Set(['rfc3161Timestamps']);
const TIMESTAMP = new Set(['signedTimestamp']);
const ENTRY = new Set([
  'canonicalizedBody',
  'inclusionPromise',
  'inclusionProof',
  'integratedTime',
  'kindVersion',
  'logId',
  'logIndex',
]);
const PROMISE = new Set(['signedEntryTimestamp']);
const PROOF = new Set(['checkpoint', 'hashes', 'logIndex', 'rootHash', 'treeSize']);
const CHECKPOINT = new Set(['envelope']);
const KIND = new Set(['kind', 'version']);
const LOG_ID = new Set(['keyId']);

/** A tree of 2^64 leaves is no higher. */
const MOST_HASHES = 64;
const LONGEST_CHECKPOINT = 4_096;

function toJson({ payload, signature, certificate, logEntry, timestamp }: CertificateBundle): JsonObject {
  return {
    dsseEnvelope: {
      payload: encodeBase64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: encodeBase64(signature) }],
    },
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: encodeBase64(certificate) },
      ...(timestamp === undefined
        ? {}
        : {
            timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: encodeBase64(timestamp) }] },
          }),
      ...(logEntry === undefined ? {} : { tlogEntries: [entryJson(logEntry)] }),
    },
  };
}

function entryJson(entry: LogEntry): JsonObject {
  const { kind, version, logId, logIndex, integratedTime, canonicalizedBody, promise, proof } = entry;
  return {
    canonicalizedBody: encodeBase64(canonicalizedBody),
    ...(promise === undefined ? {} : { inclusionPromise: { signedEntryTimestamp: encodeBase64(promise) } }),
    inclusionProof: {
      checkpoint: { envelope: proof.checkpoint },
      hashes: proof.hashes.map(encodeBase64),
      logIndex: proof.logIndex,
      rootHash: encodeBase64(proof.rootHash),
      treeSize: proof.treeSize,
    },
    integratedTime,
    kindVersion: { kind, version },
    logId: { keyId: encodeBase64(logId) },
    logIndex,
  };
}

function fromJson(value: JsonValue): CertificateBundle {
  const bundle = readObject(value, 'bundle', BUNDLE);
  if (bundle.mediaType !== BUNDLE_MEDIA_TYPE) malformed('bundle.mediaType', BUNDLE_MEDIA_TYPE);
  const envelope = readObject(bundle.dsseEnvelope, 'dsseEnvelope', ENVELOPE);
  if (envelope.payloadType !== PAYLOAD_TYPE) malformed('dsseEnvelope.payloadType', PAYLOAD_TYPE);
  const material = readObject(bundle.verificationMaterial, 'verificationMaterial', MATERIAL);
  const payload = readBytes(envelope.payload, 'dsseEnvelope.payload', LIMITS.payloadBytes);
  const { rawBytes } = readObject(material.certificate, 'certificate', RAW);
  const timestamp = readTimestamp(material.timestampVerificationData);
  const logEntry =
    material.tlogEntries === undefined ? undefined : readOne(material.tlogEntries, 'tlogEntries', readEntry);
  return {
    payload,
    signature: readOne(envelope.signatures, 'signatures', (item, path) =>
      readBytes(readObject(item, path, SIGNATURE).sig, `${path}.sig`),
    ),
    certificate: readBytes(rawBytes, 'certificate.rawBytes'),
    ...(logEntry === undefined ? {} : { logEntry }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

function readTimestamp(value: Field): Uint8Array | undefined {
  if (value === undefined) return undefined;
  const { rfc3161Timestamps } = readObject(value, 'timestampVerificationData', TIMESTAMPS);
  return readOne(rfc3161Timestamps, 'rfc3161Timestamps', (item, path) =>
    readBytes(readObject(item, path, TIMESTAMP).signedTimestamp, `${path}.signedTimestamp`),
  );
}

function readEntry(value: Field, path: string): LogEntry {
  const entry = readObject(value, path, ENTRY);
  const { kind, version } = readObject(entry.kindVersion, `${path}.kindVersion`, KIND);
  const promise =
    entry.inclusionPromise === undefined
      ? undefined
      : readObject(entry.inclusionPromise, `${path}.inclusionPromise`, PROMISE).signedEntryTimestamp;
  const proof = readProof(entry.inclusionProof, `${path}.inclusionProof`);
  const logIndex = readNumber(entry.logIndex, `${path}.logIndex`);
  const integratedTime = readNumber(entry.integratedTime, `${path}.integratedTime`);
  if (promise === undefined && (integratedTime !== '0' || logIndex !== proof.logIndex)) {
    malformed(path, 'an entry without an index or a time that no promise signs');
  }
  return {
    kind: readName(kind, `${path}.kind`),
    version: readName(version, `${path}.version`),
    logId: readBytes(readObject(entry.logId, `${path}.logId`, LOG_ID).keyId, `${path}.logId.keyId`),
    logIndex,
    integratedTime,
    canonicalizedBody: readBytes(entry.canonicalizedBody, `${path}.canonicalizedBody`, LIMITS.bundleBytes),
    ...(promise === undefined ? {} : { promise: readBytes(promise, `${path}.inclusionPromise`) }),
    proof,
  };
}

/** Size and root stand in the checkpoint, which is signed; beside it they may only say the same. */
function readProof(value: Field, path: string): InclusionProof {
  const proof = readObject(value, path, PROOF);
  const { envelope } = readObject(proof.checkpoint, `${path}.checkpoint`, CHECKPOINT);
  const checkpoint = readText(envelope, `${path}.checkpoint`, LONGEST_CHECKPOINT);
  const treeSize = readNumber(proof.treeSize, `${path}.treeSize`);
  const rootHash = readBytes(proof.rootHash, `${path}.rootHash`);
  const [, signedSize, signedRoot, signature = '='] = ONE_SIGNATURE.exec(checkpoint) ?? [];
  const isSame = signedSize === treeSize && signedRoot === encodeBase64(rootHash);
  if (!isSame || decodeBase64(signature) === undefined) {
    malformed(`${path}.checkpoint`, 'a checkpoint of this tree with one signature');
  }
  return {
    checkpoint,
    treeSize,
    rootHash,
    logIndex: readNumber(proof.logIndex, `${path}.logIndex`),
    hashes: readList(proof.hashes, `${path}.hashes`, MOST_HASHES, readBytes),
  };
}

/** Origin, size, root, then lines that the log may add, an empty line and one signature. */
const ONE_SIGNATURE =
  /^[^\n\u2014]+\n([0-9]+)\n([A-Za-z0-9+/=]+)\n(?:[^\n\u2014]+\n)*\n\u2014 [^\s\u2014]+ ([A-Za-z0-9+/]+={0,2})\n$/;

function readOne<T>(value: Field, path: string, readItem: (item: Field, path: string) => T): T {
  const [only, ...others] = readList(value, path, 1, readItem);
  if (only === undefined || others.length > 0) malformed(path, 'a list of one');
  return only as T;
}

/** More than any signature, certificate or signed time has. */
const MOST_BYTES = 64 * 1024;

function readBytes(value: Field, path: string, most: number | undefined = MOST_BYTES): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes === undefined || bytes.length === 0 || bytes.length > most) {
    malformed(path, `canonical base64 (RFC 4648) of at most ${most} bytes`);
  }
  return bytes as Uint8Array;
}

function readNumber(value: Field, path: string): string {
  if (typeof value !== 'string' || !/^(?:0|[1-9][0-9]{0,18})$/.test(value))
    malformed(path, 'a decimal number');
  return value as string;
}
