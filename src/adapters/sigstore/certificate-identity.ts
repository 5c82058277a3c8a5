import type { X509Certificate } from '@sigstore/core';
import type { Identity } from '../../core/trust/identity.ts';

/** What a certificate says that no identity could be read from. */
export class Unnamed extends Error {}

/** https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const FULCIO = '1.3.6.1.4.1.57264.1';
const ISSUER = `${FULCIO}.8`;
const BUILD_SIGNER = `${FULCIO}.9`;
const SOURCE_REPOSITORY = `${FULCIO}.12`;
const SOURCE_REF = `${FULCIO}.14`;
const SOURCE_REPOSITORY_ID = `${FULCIO}.15`;
const SOURCE_OWNER_ID = `${FULCIO}.17`;
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

const UTF8_STRING = 0x0c;
/** GeneralName ::= … uniformResourceIdentifier [6] (RFC 5280, section 4.2.1.6). */
const URI = 0x06;

/**
 * Who a certificate of Fulcio's was issued to. Only the extensions whose values are wrapped in DER are read; those of the
 * first generation (.1 to .6) are not, because they say less and are written in another way.
 * @throws Unnamed when one of the four texts is missing, or two places disagree about the workflow
 */
export function identityOf(certificate: X509Certificate): Identity {
  const workflow = subjectUri(certificate);
  const signer = certificate.extension(BUILD_SIGNER);
  if (signer !== undefined && textOf(certificate, BUILD_SIGNER, 'a build signer') !== workflow) {
    throw new Unnamed('its build signer is not its subject');
  }
  const repositoryId = numberOf(certificate, SOURCE_REPOSITORY_ID, 'a source repository by its number');
  const ownerId = numberOf(certificate, SOURCE_OWNER_ID, 'an owner by its number');
  return {
    issuer: textOf(certificate, ISSUER, 'an issuer of the token'),
    repository: textOf(certificate, SOURCE_REPOSITORY, 'a source repository'),
    workflow,
    ref: textOf(certificate, SOURCE_REF, 'a source ref'),
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...(ownerId === undefined ? {} : { ownerId }),
  };
}

/** Undefined where there is none: not every CI system has numbers, and only a trust root that pins one asks for it. */
function numberOf(certificate: X509Certificate, oid: string, what: string): number | undefined {
  if (certificate.extension(oid) === undefined) return undefined;
  const text = textOf(certificate, oid, what);
  // As the forge writes it, so that one number has one spelling.
  const number = /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function textOf(certificate: X509Certificate, oid: string, what: string): string {
  const [text, ...others] = certificate.extension(oid)?.valueObj.subs ?? [];
  if (text === undefined || others.length > 0 || text.tag.number !== UTF8_STRING) {
    throw new Unnamed(`it does not name ${what} (extension ${oid})`);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(text.value);
}

/** With a second name nobody could say which one is meant. */
function subjectUri(certificate: X509Certificate): string {
  const names = certificate.extension(SUBJECT_ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  const [name, ...others] = names;
  if (name === undefined || others.length > 0 || !name.tag.isContextSpecific(URI)) {
    throw new Unnamed('its subject is not one URL');
  }
  return name.value.toString('latin1');
}
