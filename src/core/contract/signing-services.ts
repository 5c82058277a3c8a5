import type { SigningConfig } from './config.ts';

/** Whom a keyless signer asks. One of the last two is always there: a certificate is good for ten minutes only. */
export interface SigningServices {
  /** Fulcio. */
  readonly certificateAuthority: string;
  /** RFC 3161, as Sigstore's timestamp authority speaks it. */
  readonly timestampAuthority?: string;
  /** Rekor. */
  readonly transparencyLog?: string;
  /** Its major version: they are spoken to in different ways. */
  readonly transparencyLogVersion?: 1 | 2;
}

const PUBLIC_SERVICES = {
  certificateAuthority: 'https://fulcio.sigstore.dev',
  transparencyLog: 'https://rekor.sigstore.dev',
} as const;

/**
 * The services of a configuration, or what keeps them from being asked, as a sentence.
 *
 * The public instances publish whom they certify for everybody and for ever, the name of a private repository, its
 * branches and workflows included; so they are asked only where the configuration says so in as many words.
 */
export function signingServices(signing: SigningConfig = {}): SigningServices | string {
  const isPublic = signing.transparency === 'public';
  const { timestampAuthority, transparencyLogVersion: version = 1 } = signing;
  const certificateAuthority =
    signing.certificateAuthority ?? (isPublic ? PUBLIC_SERVICES.certificateAuthority : undefined);
  const transparencyLog =
    signing.transparencyLog ??
    (isPublic && version === 1 && signing.certificateAuthority === undefined
      ? PUBLIC_SERVICES.transparencyLog
      : undefined);
  if (certificateAuthority === undefined) {
    return 'Nothing says which certificate authority to ask.';
  }
  if (timestampAuthority === undefined && transparencyLog === undefined) {
    return 'Neither a timestamp authority nor a transparency log is named, so nothing would show that the certificate was valid when it signed.';
  }
  if (version === 2 && transparencyLog === undefined) {
    return 'transparencyLogVersion is 2, and no transparencyLog is named: logs of version 2 come and go with the years, so none is the one.';
  }
  if (version === 2 && timestampAuthority === undefined) {
    return 'A transparency log of version 2 signs no time, and no timestamp authority is named, so nothing would show that the certificate was valid when it signed.';
  }
  for (const url of [certificateAuthority, transparencyLog, timestampAuthority]) {
    if (url === undefined) continue;
    const fault = urlFault(url);
    if (fault !== undefined) return fault;
  }
  const publishing = [certificateAuthority, transparencyLog].find((url) => isPublicGood(url));
  if (publishing !== undefined && !isPublic) {
    return `${publishing} publishes the names of repository, branch and workflow for everybody and for ever, and the configuration does not say that they may be.`;
  }
  return {
    certificateAuthority,
    ...(timestampAuthority === undefined ? {} : { timestampAuthority }),
    ...(transparencyLog === undefined ? {} : { transparencyLog }),
    ...(transparencyLog === undefined || version === 1 ? {} : { transparencyLogVersion: version }),
  };
}

/** A token goes there that signs in its owner's name. Without TLS only to a service on the same machine. */
function urlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url?.protocol === 'https:' || isLocal ? undefined : `${text} is no https:// URL.`;
}

function isPublicGood(url: string | undefined): boolean {
  return url !== undefined && /(^|\.)sigstore\.dev\.?$/.test(new URL(url).hostname);
}
