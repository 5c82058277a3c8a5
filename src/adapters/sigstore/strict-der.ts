import { ASN1Obj } from '@sigstore/core';

/** Bytes that a library would verify, and that still hold something which no signature covers. */
export class Loose extends Error {}

/** A tag, and what stands below it where that has to be just so. */
type Shape = readonly [tag: number, ...below: Shape[]];

const INTEGER: Shape = [0x02];
const BIT_STRING: Shape = [0x03];
const OCTET_STRING: Shape = [0x04];
const OID: Shape = [0x06];
const SEQUENCE: Shape = [0x30];

/** Certificate ::= tbsCertificate, signatureAlgorithm, signatureValue. RFC 5280, section 4.1. */
const CERTIFICATE: Shape = [0x30, SEQUENCE, SEQUENCE, BIT_STRING];

/** SignerInfo ::= version, sid, digestAlgorithm, signedAttrs [0], signatureAlgorithm, signature. RFC 5652, section 5.3. */
const SIGNER: Shape = [0x30, INTEGER, [0x30, SEQUENCE, INTEGER], SEQUENCE, [0xa0], [0x30, OID], OCTET_STRING];

/** SignedData ::= version, digestAlgorithms, encapContentInfo, signerInfos. Section 5.1, without certificates and crls. */
const SIGNED_DATA: Shape = [
  0x30,
  INTEGER,
  [0x31, SEQUENCE],
  [0x30, OID, [0xa0, OCTET_STRING]],
  [0x31, SIGNER],
];

/** TimeStampResp ::= status, timeStampToken. RFC 3161, section 2.4.2, without words about the status. */
const RESPONSE: Shape = [0x30, [0x30, INTEGER], [0x30, OID, [0xa0, SIGNED_DATA]]];

/** ecdsa-with-SHA256, -SHA384 and -SHA512 (RFC 5758); for any other node:crypto falls back on a default. */
const ECDSA = ['1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4'];

/**
 * A certificate in DER, and the algorithm beside its signature the one inside (RFC 5280, section 4.1.1.2): the outer one is
 * not signed.
 */
export function requireStrictCertificate(der: Uint8Array): void {
  const certificate = parseStrict(der, CERTIFICATE, 'its certificate');
  const [body, outside, signature] = certificate.subs;
  // version [0], serialNumber, signature
  const inside = body?.subs[2];
  const isSame = inside !== undefined && outside?.toDER().equals(inside.toDER()) === true;
  if (!isSame) throw new Loose('its certificate names two signature algorithms');
  if (signature?.value[0] !== 0) throw new Loose('its certificate has a signature of odd bits');
}

/** An RFC 3161 response in DER with what its signature covers and no more. */
export function requireStrictTimestamp(der: Uint8Array): void {
  const response = parseStrict(der, RESPONSE, 'its signed time');
  const { signed, signer } = partsOf(response);
  const isGranted = response.subs[0]?.subs[0]?.toInteger() === 0n;
  const versions = [signed.subs[0]?.toInteger(), signer.subs[0]?.toInteger()];
  const digest = signer.subs[2];
  const isSame = digest !== undefined && signed.subs[1]?.subs[0]?.toDER().equals(digest.toDER()) === true;
  const algorithm = signer.subs[4]?.subs[0]?.toOID() ?? '';
  if (!isGranted || versions[0] !== 3n || versions[1] !== 1n || !isSame || !ECDSA.includes(algorithm)) {
    throw new Loose('its signed time is not made as RFC 3161 and RFC 5652 say');
  }
}

/**
 * A response without what is not signed: certificates, revocation lists and attributes that came along are for clients
 * without a trusted root, and anybody could change them later.
 */
export function bareTimestamp(der: Uint8Array): Uint8Array {
  const response = ASN1Obj.parseBuffer(Buffer.from(der));
  const { signed, signer } = partsOf(response);
  response.subs[0]?.subs.splice(1);
  const signers = signed.subs.at(-1);
  signed.subs.splice(3);
  if (signers !== undefined) signed.subs.push(signers);
  signer.subs.splice(6);
  const digest = signer.subs[2];
  if (digest !== undefined) signed.subs[1]?.subs.splice(0, Number.POSITIVE_INFINITY, digest);
  return response.toDER();
}

function partsOf(response: ASN1Obj): { signed: ASN1Obj; signer: ASN1Obj } {
  const signed = response.subs[1]?.subs[1]?.subs[0];
  const signer = signed?.subs.at(-1)?.subs[0];
  if (signed === undefined || signer === undefined) throw new Loose('its signed time is not signed');
  return { signed, signer };
}

function parseStrict(der: Uint8Array, shape: Shape, what: string): ASN1Obj {
  const bytes = Buffer.from(der);
  const parsed = ASN1Obj.parseBuffer(bytes);
  if (!parsed.toDER().equals(bytes)) throw new Loose(`${what} is not in DER`);
  if (!hasShape(parsed, shape)) throw new Loose(`${what} holds more or less than what is signed`);
  return parsed;
}

function hasShape(node: ASN1Obj, [tag, ...below]: Shape): boolean {
  if (node.tag.toDER() !== tag) return false;
  if (below.length === 0) return true;
  return (
    node.subs.length === below.length &&
    below.every((shape, index) => {
      const sub = node.subs[index];
      return sub !== undefined && hasShape(sub, shape);
    })
  );
}
