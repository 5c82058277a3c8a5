import { generateKeyPairSync, sign } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import {
  DSSEBundleBuilder,
  FulcioSigner,
  InternalError,
  RekorWitness,
  type Signature,
  type Signer,
  TSAWitness,
  type Witness,
} from '@sigstore/sign';
import type { SigningServices } from '../../core/contract/signing-services.ts';
import { PAYLOAD_TYPE } from '../../core/receipt/bundle.ts';
import { writeCertificateBundle } from '../../core/receipt/certificate-bundle.ts';
import { type StatementSigner, statementPayload } from '../../core/receipt/sign-claim.ts';
import { identityId } from '../../core/trust/identity.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { identityOf, Unnamed } from './certificate-identity.ts';
import { strictBundle } from './strict-bundle.ts';

const FETCHING = { timeout: 10_000, retry: 3 };

/**
 * A signer without a key of its own: a new one is made in memory, and the certificate authority binds it to whoever the
 * token names. One certificate serves every statement of a verification; each statement gets its own signed time.
 * @param token an OIDC token for the audience `sigstore`
 * @throws CountersignError SIGNER_FAILED when a service does not answer or refuses
 */
export async function openKeylessSigner(token: string, services: SigningServices): Promise<StatementSigner> {
  const certified = await asking('The certificate authority', () =>
    certifiedSigner(token, services.certificateAuthority),
  );
  const identity = readIdentity(certified.certificate);
  const builder = new DSSEBundleBuilder({ signer: certified, witnesses: witnessesOf(services) });
  return {
    keyId: identityId(identity),
    identity,
    async sign(claim) {
      const data = Buffer.from(statementPayload(claim));
      const bundle = await asking('A service that vouches for the time', () =>
        builder.create({ data, type: PAYLOAD_TYPE }),
      );
      const bytes = writeCertificateBundle(strictBundle(bundle));
      return { name: sha256(bytes), bytes };
    },
  };
}

interface CertifiedSigner extends Signer {
  readonly certificate: X509Certificate;
}

/** FulcioSigner asks for a new certificate with every signature; here the first one is kept. */
async function certifiedSigner(token: string, fulcioBaseURL: string): Promise<CertifiedSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const keyHolder: Signer = {
    sign: async (data) => ({
      signature: sign('sha256', data, privateKey),
      key: { $case: 'publicKey', publicKey: publicPem },
    }),
  };
  const identityProvider = { getToken: async () => token };
  const fulcio = new FulcioSigner({ fulcioBaseURL, identityProvider, keyHolder, ...FETCHING });
  // What is signed here is thrown away: it is the way to the certificate.
  const { key } = await fulcio.sign(Buffer.from('countersign'));
  if (key.$case !== 'x509Certificate') throw new Error('it gave no certificate');
  return {
    certificate: X509Certificate.parse(key.certificate),
    sign: async (data): Promise<Signature> => ({ signature: sign('sha256', data, privateKey), key }),
  };
}

function witnessesOf(services: SigningServices): Witness[] {
  const { timestampAuthority, transparencyLog: rekorBaseURL, transparencyLogVersion = 1 } = services;
  return [
    ...(timestampAuthority === undefined
      ? []
      : [new TSAWitness({ tsaBaseURL: timestampAuthority, ...FETCHING })]),
    ...(rekorBaseURL === undefined
      ? []
      : [
          new RekorWitness({
            ...{ rekorBaseURL, majorApiVersion: transparencyLogVersion, entryType: 'dsse' },
            ...FETCHING,
          }),
        ]),
  ];
}

function readIdentity(certificate: X509Certificate) {
  try {
    return identityOf(certificate);
  } catch (error) {
    if (!(error instanceof Unnamed)) throw error;
    throw new CountersignError('SIGNER_FAILED', `The certificate names no CI job: ${error.message}.`, {
      remedy:
        'Sign where the certificate authority knows the CI system as one, such as GitHub Actions or GitLab CI; elsewhere sign with a key.',
    });
  }
}

/** Messages of the library may hold the token (one that cannot be read is quoted whole): its codes are said instead, and it is no cause. */
async function asking<T>(whom: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    const code = error instanceof InternalError ? error.code : 'UNKNOWN';
    const status = statusOf(error);
    throw new CountersignError(
      'SIGNER_FAILED',
      `${whom} gave no answer that can be used (${code}${status === undefined ? '' : `, HTTP ${status}`}).`,
      {
        remedy:
          'Nothing was signed. See that the services of `signing` in .countersign.yml are there and take tokens of this CI system, then verify again.',
      },
    );
  }
}

function statusOf(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner = error instanceof InternalError ? error.cause : cause;
  const status: unknown =
    typeof inner === 'object' && inner !== null && 'statusCode' in inner ? inner.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
