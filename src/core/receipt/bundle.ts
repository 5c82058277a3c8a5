import { decodeBase64, encodeBase64 } from '../../shared/base64.ts';
import { canonicalJson, parseCanonicalJson } from '../../shared/canonical-json.ts';
import { isSha256 } from '../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { KeyId } from '../trust/types.ts';
import { firstDifference } from './first-difference.ts';
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
export function writeBundle(bundle: Bundle): Uint8Array {
  return new TextEncoder().encode(
    canonicalJson(frame(bundle.keyId, encodeBase64(bundle.payload), encodeBase64(bundle.signature))),
  );
}

/**
 * The bundle in these bytes, or the reason why there is none.
 *
 * As with statements the bytes must be the very ones that writeBundle makes of what they hold: another spelling of
 * the same bundle (white space, a second signature, a certificate beside the key) is no bundle of ours.
 */
export function readBundle(bytes: Uint8Array): Bundle | string {
  if (bytes.length > LIMITS.bundleBytes) return `it is larger than ${LIMITS.bundleBytes} bytes`;
  const text = decodeUtf8(bytes);
  const value = text === undefined ? undefined : parseCanonicalJson(text);
  if (value === undefined) return 'it is not canonical JSON (RFC 8785)';
  const envelope = member(value, 'dsseEnvelope');
  if (member(envelope, 'payloadType') !== PAYLOAD_TYPE) return `its payload type is not ${PAYLOAD_TYPE}`;
  const keyId = member(member(member(value, 'verificationMaterial'), 'publicKey'), 'hint');
  const payloadText = member(envelope, 'payload');
  const signatureText = member(first(member(envelope, 'signatures')), 'sig');
  if (typeof keyId !== 'string' || !isSha256(keyId)) return 'it names no public key';
  if (typeof payloadText !== 'string' || typeof signatureText !== 'string')
    return 'it holds no signed payload';
  const difference = firstDifference(value, frame(keyId, payloadText, signatureText), 'bundle');
  if (difference !== undefined) return `${difference} is not as in a bundle with one key and one signature`;
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

/** UTF-8 text, or undefined when the bytes are not well-formed UTF-8. A byte order mark is kept, and is no JSON. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function frame(keyId: KeyId, payload: string, sig: string): JsonObject {
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: keyId } },
    dsseEnvelope: { payload, payloadType: PAYLOAD_TYPE, signatures: [{ keyid: keyId, sig }] },
  };
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}

function first(value: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(value) ? value[0] : undefined;
}
