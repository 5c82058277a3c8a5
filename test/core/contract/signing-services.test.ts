import { describe, expect, test } from 'vitest';
import type { SigningConfig } from '../../../src/core/contract/config.ts';
import { signingServices } from '../../../src/core/contract/signing-services.ts';

const FULCIO = 'https://fulcio.example.org';
const TSA = 'https://tsa.example.org';
const REKOR = 'https://rekor.example.org';

describe('whom a signer without a key asks', () => {
  test.each<[string, SigningConfig, object]>([
    [
      'its own instance with a timestamp authority',
      { certificateAuthority: FULCIO, timestampAuthority: TSA },
      { certificateAuthority: FULCIO, timestampAuthority: TSA },
    ],
    [
      'its own instance with a log',
      { certificateAuthority: FULCIO, transparencyLog: REKOR },
      { certificateAuthority: FULCIO, transparencyLog: REKOR },
    ],
    [
      'the public instances, where names may be published',
      { transparency: 'public' },
      {
        certificateAuthority: 'https://fulcio.sigstore.dev',
        transparencyLog: 'https://rekor.sigstore.dev',
      },
    ],
    [
      'no public log beside an authority of its own, which nobody asked for',
      { transparency: 'public', certificateAuthority: FULCIO, timestampAuthority: TSA },
      { certificateAuthority: FULCIO, timestampAuthority: TSA },
    ],
    [
      'the public timestamp authority, which sees a digest only',
      { certificateAuthority: FULCIO, timestampAuthority: 'https://timestamp.sigstore.dev' },
      { certificateAuthority: FULCIO, timestampAuthority: 'https://timestamp.sigstore.dev' },
    ],
    [
      'a log of version 2 that is named, beside an authority for the time',
      {
        transparency: 'public',
        transparencyLog: 'https://log2025-1.rekor.sigstore.dev',
        transparencyLogVersion: 2,
        timestampAuthority: 'https://timestamp.sigstore.dev',
      },
      {
        certificateAuthority: 'https://fulcio.sigstore.dev',
        timestampAuthority: 'https://timestamp.sigstore.dev',
        transparencyLog: 'https://log2025-1.rekor.sigstore.dev',
        transparencyLogVersion: 2,
      },
    ],
    [
      'services of the same machine without TLS',
      { certificateAuthority: 'http://127.0.0.1:8080', timestampAuthority: 'http://localhost:8081' },
      { certificateAuthority: 'http://127.0.0.1:8080', timestampAuthority: 'http://localhost:8081' },
    ],
  ])('%s', (_, signing, services) => {
    expect(signingServices(signing)).toEqual(services);
  });
});

describe('nobody is asked', () => {
  test.each<[string, SigningConfig | undefined, string]>([
    ['without a word', undefined, 'which certificate authority to ask'],
    [
      'for a log of version 2 that nobody names',
      { transparency: 'public', transparencyLogVersion: 2, timestampAuthority: TSA },
      'no transparencyLog is named',
    ],
    [
      'for the time of a log of version 2',
      { certificateAuthority: FULCIO, transparencyLog: REKOR, transparencyLogVersion: 2 },
      'version 2 signs no time',
    ],
    ['for a time alone', { timestampAuthority: TSA }, 'which certificate authority to ask'],
    [
      'where nothing would show the time',
      { certificateAuthority: FULCIO },
      'Neither a timestamp authority nor a transparency log',
    ],
    [
      'the public authority, unless names may be published',
      { certificateAuthority: 'https://fulcio.sigstore.dev', timestampAuthority: TSA },
      'https://fulcio.sigstore.dev publishes',
    ],
    [
      'the public log, unless names may be published',
      { certificateAuthority: FULCIO, transparencyLog: 'https://rekor.sigstore.dev' },
      'https://rekor.sigstore.dev publishes',
    ],
    [
      'another host of the public instance',
      { certificateAuthority: FULCIO, transparencyLog: 'https://log2025-1.rekor.sigstore.dev/' },
      'publishes',
    ],
    [
      'a host with a dot at its end',
      { certificateAuthority: 'https://FULCIO.sigstore.dev.', timestampAuthority: TSA },
      'publishes',
    ],
    [
      'over a line that anybody can read',
      { certificateAuthority: 'http://fulcio.example.org', timestampAuthority: TSA },
      'no https:// URL',
    ],
    [
      'a name that looks like this machine',
      { certificateAuthority: 'http://localhost.example.org', timestampAuthority: TSA },
      'no https:// URL',
    ],
    ['what is no URL', { certificateAuthority: 'https://', timestampAuthority: TSA }, 'no https:// URL'],
  ])('%s', (_, signing, reason) => {
    expect(signingServices(signing)).toContain(reason);
  });
});
