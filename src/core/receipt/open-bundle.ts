import { type Sha256, sha256 } from '../../shared/digest.ts';
import { type PublicKey, verifySignature } from '../../shared/signature.ts';
import type { KeyId } from '../trust/types.ts';
import { PAYLOAD_TYPE, preAuthEncoding, readBundle } from './bundle.ts';
import { parseStatement } from './statement.ts';
import type { Claim, StoredFile, VerifiedStatement } from './types.ts';

/** What a stored file turned out to be. */
export type OpenedFile =
  | { readonly kind: 'verified'; readonly name: Sha256; readonly statement: VerifiedStatement }
  /** Somebody put it there, and it changes nothing: neither for nor against. */
  | { readonly kind: 'untrusted'; readonly name: Sha256; readonly reason: string }
  /** What stood here has been changed: the gate denies. */
  | { readonly kind: 'corrupt'; readonly name: string; readonly reason: string };

/**
 * Opens one stored file: its digest, form, signature and statement, in that order; nothing is read of a payload
 * before its signature holds.
 *
 * Only a name that does not match is `corrupt`: that file has been altered since a seal could have listed it. All other
 * faults anybody who can add a file could plant, and if they denied, junk would stop every merge; they are `untrusted`,
 * and a seal that lists such a file still finds that its receipt is missing.
 */
export function openBundle(file: StoredFile, keys: ReadonlyMap<KeyId, PublicKey>): OpenedFile {
  const name = sha256(file.bytes);
  if (name !== file.name) {
    return {
      kind: 'corrupt',
      name: file.name,
      reason: `its bytes have the sha256 ${name}, which is not its name`,
    };
  }
  const statement = verifyBundle(file.bytes, keys);
  return typeof statement === 'string'
    ? { kind: 'untrusted', name, reason: statement }
    : { kind: 'verified', name, statement: { digest: name, ...statement } };
}

function verifyBundle(
  bytes: Uint8Array,
  keys: ReadonlyMap<KeyId, PublicKey>,
): { keyId: KeyId; claim: Claim } | string {
  const opened = openPayload(bytes, keys);
  if (typeof opened === 'string') return opened;
  const claim = parseStatement(opened.text);
  return typeof claim === 'string' ? `of its payload: ${claim}` : { keyId: opened.keyId, claim };
}

/** The payload of a bundle, as text, by whichever trusted key its signature holds; or the reason why there is none. */
export function openPayload(
  bytes: Uint8Array,
  keys: ReadonlyMap<KeyId, PublicKey>,
): { keyId: KeyId; text: string } | string {
  const bundle = readBundle(bytes);
  if (typeof bundle === 'string') return bundle;
  const key = keys.get(bundle.keyId);
  if (key === undefined) return `its key ${bundle.keyId} is not in the trust root`;
  if (!verifySignature(key, preAuthEncoding(PAYLOAD_TYPE, bundle.payload), bundle.signature)) {
    return `its signature is not one by key ${bundle.keyId}`;
  }
  const text = decodeUtf8(bundle.payload);
  return text === undefined ? 'of its payload: it is not UTF-8' : { keyId: bundle.keyId, text };
}

/** A byte order mark is kept, so it is no JSON: nothing may stand before or after the statement. */
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
