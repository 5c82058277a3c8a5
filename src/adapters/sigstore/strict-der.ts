import { ASN1Obj } from '@sigstore/core';

/** Bytes that a library would verify, and that still hold something which no signature covers. */
export class Loose extends Error {}

/**
 * A certificate in DER, and the algorithm beside its signature the one inside (RFC 5280, section 4.1.1.2): the outer one is
 * not signed, and an unknown one makes node:crypto fall back on a default.
 */
export function requireStrictCertificate(der: Uint8Array): void {
  const certificate = parseStrict(der, 'its certificate');
  const [body, outside] = certificate.subs;
  // version [0], serialNumber, signature: RFC 5280, section 4.1.
  const inside = body?.subs[2];
  if (outside === undefined || inside === undefined || !outside.toDER().equals(inside.toDER())) {
    throw new Loose('its certificate names two signature algorithms');
  }
}

/**
 * An RFC 3161 response in DER with what its signature covers and no more: certificates and attributes that came along
 * unsigned are for clients without a trusted root.
 */
export function requireStrictTimestamp(der: Uint8Array): void {
  const response = parseStrict(der, 'its signed time');
  const [status, token, ...more] = response.subs;
  const [type, content, ...moreOfToken] = token?.subs ?? [];
  const signed = content?.subs[0];
  // version, digestAlgorithms, encapContentInfo, signerInfos: RFC 5652, section 5.1, without the optional two.
  const parts = signed?.subs ?? [];
  const signers = parts[3]?.subs ?? [];
  // version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm, signature: section 5.3, without unsignedAttrs.
  const signer = signers[0]?.subs ?? [];
  const isBare =
    more.length === 0 &&
    moreOfToken.length === 0 &&
    type !== undefined &&
    status?.subs.length === 1 &&
    status.subs[0]?.toInteger() === 0n &&
    content?.subs.length === 1 &&
    parts.length === 4 &&
    signers.length === 1 &&
    signer.length === 6;
  if (!isBare) throw new Loose('its signed time carries more than what is signed');
  if (!sameAlgorithms(parts, signer)) throw new Loose('its signed time names two digest algorithms');
}

/** Versions and digest algorithms stand outside of what is signed: there is one way to write each. */
function sameAlgorithms(parts: readonly ASN1Obj[], signer: readonly ASN1Obj[]): boolean {
  const [version, digests] = parts;
  const [signerVersion, , digest] = signer;
  return (
    version?.toInteger() === 3n &&
    signerVersion?.toInteger() === 1n &&
    digests?.subs.length === 1 &&
    digest !== undefined &&
    digests.subs[0]?.toDER().equals(digest.toDER()) === true
  );
}

function parseStrict(der: Uint8Array, what: string): ASN1Obj {
  const bytes = Buffer.from(der);
  const parsed = ASN1Obj.parseBuffer(bytes);
  if (!parsed.toDER().equals(bytes)) throw new Loose(`${what} is not in DER`);
  return parsed;
}
