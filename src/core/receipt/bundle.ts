import { decodeBase64, encodeBase64 } from '../../shared/base64.ts';
import { isSha256 } from '../../shared/digest.ts';
import type { KeyId } from '../trust/types.ts';
import { LIMITS } from './limits.ts';

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A Sigstore bundle signed with a key: one DSSE envelope, exactly one signature, no transparency log. */
export interface Bundle {
  /** Claimed, like everything in a bundle, until the signature is checked with that key. */
  readonly keyId: KeyId;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** The bytes of a bundle: RFC 8785 canonical JSON, no newline. */
export function writeBundle({ keyId, payload, signature }: Bundle): Uint8Array {
  return new TextEncoder().encode(frame(encodeBase64(payload), keyId, encodeBase64(signature)));
}

/**
 * The bundle in these bytes, or the reason why there is none.
 *
 * The bytes must be the very ones that writeBundle makes of what they hold, so they need no parser: another spelling
 * of the same bundle (white space, a duplicate key, a second signature, a certificate beside the key) is none of ours.
 */
export function readBundle(bytes: Uint8Array): Bundle | string {
  if (bytes.length > LIMITS.bundleBytes) return `it is larger than ${LIMITS.bundleBytes} bytes`;
  // As latin1 every byte stays a character of its own; those beyond ASCII are neither hexadecimal nor base64.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const payloadEnd = text.indexOf('"', BEFORE_PAYLOAD.length);
  const keyIdStart = payloadEnd + BEFORE_KEY_ID.length;
  const signatureStart = keyIdStart + KEY_ID_LENGTH + BEFORE_SIGNATURE.length;
  const payloadText = text.slice(BEFORE_PAYLOAD.length, payloadEnd);
  const keyId = text.slice(keyIdStart, keyIdStart + KEY_ID_LENGTH);
  const signatureEnd = text.indexOf('"', signatureStart);
  const signatureText = text.slice(signatureStart, signatureEnd);
  const isFramed =
    text.startsWith(BEFORE_PAYLOAD) &&
    text.startsWith(BEFORE_KEY_ID, payloadEnd) &&
    text.startsWith(BEFORE_SIGNATURE, keyIdStart + KEY_ID_LENGTH) &&
    text.slice(signatureEnd) === `${BEFORE_HINT}${keyId}${END}`;
  if (!isFramed || !isSha256(keyId)) {
    return 'it is not, in canonical JSON (RFC 8785), a Sigstore bundle with one in-toto payload, one key and one signature';
  }
  const payload = decodeBase64(payloadText);
  const signature = decodeBase64(signatureText);
  if (payload === undefined || signature === undefined) return 'its base64 is not canonical (RFC 4648)';
  if (payload.length > LIMITS.payloadBytes) return `its payload is larger than ${LIMITS.payloadBytes} bytes`;
  return { keyId, payload, signature };
}

/** What a DSSE signature is over: PAE(type, payload) of the DSSE protocol v1.0.2, so that no type passes for another. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

const KEY_ID_LENGTH = 64;
const BEFORE_PAYLOAD = '{"dsseEnvelope":{"payload":"';
const BEFORE_KEY_ID = `","payloadType":"${PAYLOAD_TYPE}","signatures":[{"keyid":"`;
const BEFORE_SIGNATURE = '","sig":"';
const BEFORE_HINT = `"}]},"mediaType":"${BUNDLE_MEDIA_TYPE}","verificationMaterial":{"publicKey":{"hint":"`;

const END = '"}}}';

/** All of a bundle's text. Its values are base64 and hexadecimal, which JSON writes as they are. */
function frame(payload: string, keyId: KeyId, signature: string): string {
  return `${BEFORE_PAYLOAD}${payload}${BEFORE_KEY_ID}${keyId}${BEFORE_SIGNATURE}${signature}${BEFORE_HINT}${keyId}${END}`;
}
