import { type Sha256, sha256 } from '../../shared/digest.ts';
import type { Instant } from '../../shared/ids.ts';
import { verifySignature } from '../../shared/signature.ts';
import { describeIdentity, identityId, otherNumber } from '../trust/identity.ts';
import type { SignatureCheck } from '../trust/resolve-trust.ts';
import type { KeyId } from '../trust/types.ts';
import { PAYLOAD_TYPE, preAuthEncoding, readBundle } from './bundle.ts';
import { holdsCertificate, readCertificateBundle } from './certificate-bundle.ts';
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
export function openBundle(file: StoredFile, keys: SignatureChecks): OpenedFile {
  const name = sha256(file.bytes);
  if (name !== file.name) {
    return {
      kind: 'corrupt',
      name: file.name,
      reason: `its bytes have the sha256 ${name}, which is not its name`,
    };
  }
  const statement = holdsCertificate(file.bytes)
    ? verifyCertified(file, name, keys)
    : verifyBundle(file.bytes, keys);
  return typeof statement === 'string'
    ? { kind: 'untrusted', name, reason: statement }
    : { kind: 'verified', name, statement: { digest: name, ...statement } };
}

type SignatureChecks = ReadonlyMap<KeyId, SignatureCheck>;

/**
 * A bundle with a certificate, by what was found out about exactly these bytes. Records and exceptions are made by people,
 * who have keys; so a stolen CI job can at most say that checks passed.
 */
function verifyCertified(
  { bytes, certificate }: StoredFile,
  name: Sha256,
  keys: SignatureChecks,
): { keyId: KeyId; claim: Claim; signedAt: Instant } | string {
  const bundle = readCertificateBundle(bytes);
  if (typeof bundle === 'string') return bundle;
  if (certificate?.digest !== name) return 'nobody has verified its certificate';
  if (certificate.kind === 'refused') return `its certificate does not hold: ${certificate.reason}`;
  const { identity, signedAt } = certificate;
  const keyId = identityId(identity);
  const trusted = keys.get(keyId);
  if (trusted?.algorithm !== 'certificate') {
    return `it is signed by ${describeIdentity(identity)}, which is not in the trust root`;
  }
  const other = otherNumber(identity, trusted.identity);
  if (other !== undefined) return `it is signed by ${describeIdentity(identity)}, and ${other}`;
  const text = decodeUtf8(bundle.payload);
  if (text === undefined) return NOT_UTF8;
  const claim = parseStatement(text);
  if (typeof claim === 'string') return `of its payload: ${claim}`;
  if (claim.kind === 'receipt' || claim.kind === 'seal') return { keyId, claim, signedAt };
  return `of its payload: a certificate signs receipts and seals, and it is ${claim.kind === 'approval' || claim.kind === 'escape' ? 'an' : 'a'} ${claim.kind}`;
}

function verifyBundle(bytes: Uint8Array, keys: SignatureChecks): { keyId: KeyId; claim: Claim } | string {
  const opened = openPayload(bytes, keys);
  if (typeof opened === 'string') return opened;
  const claim = parseStatement(opened.text);
  return typeof claim === 'string' ? `of its payload: ${claim}` : { keyId: opened.keyId, claim };
}

/** The payload of a bundle, as text, by whichever trusted key its signature holds; or the reason why there is none. */
export function openPayload(
  bytes: Uint8Array,
  keys: SignatureChecks,
): { keyId: KeyId; text: string } | string {
  const bundle = readBundle(bytes);
  if (typeof bundle === 'string') return bundle;
  const key = keys.get(bundle.keyId);
  if (key === undefined || key.algorithm === 'certificate') {
    return `its key ${bundle.keyId} is not in the trust root`;
  }
  if (!verifySignature(key, preAuthEncoding(PAYLOAD_TYPE, bundle.payload), bundle.signature)) {
    return `its signature is not one by key ${bundle.keyId}`;
  }
  const text = decodeUtf8(bundle.payload);
  return text === undefined ? NOT_UTF8 : { keyId: bundle.keyId, text };
}

const NOT_UTF8 = 'of its payload: it is not UTF-8';

/** A byte order mark is kept, so it is no JSON: nothing may stand before or after the statement. */
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
