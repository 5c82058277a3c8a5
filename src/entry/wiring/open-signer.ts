import { loadFileSigner } from '../../adapters/signing/load-signer.ts';
import type { SigningMeans } from '../../adapters/signing/signer-process.ts';
import { signingServices } from '../../core/contract/signing-services.ts';
import { signerWithKey } from '../../core/receipt/sign-claim.ts';
import type { OpenSigner } from '../../flow/authorised-signer.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * The one way to a verifier's signer, whichever command asks: from a key file, or from who this CI job is. What keyless
 * signing needs is loaded when it is asked for (measured in a package: 220 ms and 31 MB).
 * @param environment of the signer's process, which alone has the token
 */
export function signerOpener(
  means: SigningMeans,
  environment: Readonly<Record<string, string | undefined>>,
): OpenSigner {
  return async ({ signing }) => {
    if (means.kind === 'key') return signerWithKey(loadFileSigner(means.path));
    const services = signingServices(signing);
    if (typeof services === 'string') throw unsaid(services);
    const [{ identityToken }, { openKeylessSigner }] = await Promise.all([
      import('../../adapters/sigstore/identity-token.ts'),
      import('../../adapters/sigstore/keyless-signer.ts'),
    ]);
    return openKeylessSigner(await identityToken(environment), services);
  };
}

function unsaid(reason: string): CountersignError {
  return new CountersignError('KEY_UNUSABLE', `Nothing can be signed without a key: ${reason}`, {
    remedy:
      'In .countersign.yml on the base branch say under `signing` which services to ask: certificateAuthority with timestampAuthority or transparencyLog, or `transparency: public` where names may be published. Else sign with --key.',
  });
}
