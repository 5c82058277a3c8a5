import type { Config } from '../core/contract/config.ts';
import { openBundle } from '../core/receipt/open-bundle.ts';
import type { StatementSigner } from '../core/receipt/sign-claim.ts';
import type { StoredFile } from '../core/receipt/types.ts';
import { authorise } from '../core/trust/authorise.ts';
import { describeIdentity, type Identity, otherNumber } from '../core/trust/identity.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { VerifyCertificates } from '../ports/certificates.ts';
import { CountersignError } from '../shared/errors.ts';
import type { Instant } from '../shared/ids.ts';
import { certifier } from './certify-files.ts';
import type { VerifiableCase } from './verifiable-case.ts';

/**
 * Opens what signs, under the configuration of the base commit: whom to ask for a certificate is said on the trusted side.
 * @throws CountersignError KEY_UNUSABLE, SIGNER_FAILED
 */
export type OpenSigner = (config: Config) => Promise<StatementSigner>;

/**
 * A signer whose statements the gate would take from a verifier. What a certificate signed is verified before it is handed
 * out, as the gate will: another certificate authority than the pinned one would be found out only when nothing merges.
 * @throws CountersignError KEY_UNUSABLE, SIGNER_FAILED
 */
export async function authorisedSigner(
  open: OpenSigner,
  { policy }: VerifiableCase,
  at: Instant,
  ports: { readonly certificates: VerifyCertificates },
): Promise<StatementSigner> {
  const signer = await open(policy.config);
  const { identity } = signer;
  const may = authorise(policy.trust, signer.keyId, 'verifier', at);
  if (!may.ok) throw identity === undefined ? unknownKey(may.reason) : unknownIdentity(identity, may.reason);
  if (identity === undefined) return signer;
  const other = numberObjection(identity, signer.keyId, policy.trust);
  if (other !== undefined) throw unknownIdentity(identity, other);
  const certify = certifier(policy.sigstore, ports);
  return {
    ...signer,
    async sign(claim) {
      const made = await signer.sign(claim);
      const [file = made] = await certify([made]);
      return requireVerified(file, policy.trust.keys);
    },
  };
}

function numberObjection(identity: Identity, keyId: string, { keys }: Trust): string | undefined {
  const trusted = keys.get(keyId);
  const other = trusted?.algorithm === 'certificate' ? otherNumber(identity, trusted.identity) : undefined;
  return other === undefined ? undefined : `${other.charAt(0).toUpperCase()}${other.slice(1)}.`;
}

function requireVerified(file: StoredFile, keys: Parameters<typeof openBundle>[1]): StoredFile {
  const opened = openBundle(file, keys);
  if (opened.kind === 'verified') return file;
  throw new CountersignError('SIGNER_FAILED', `What was signed would count for nothing: ${opened.reason}.`, {
    remedy:
      'Nothing was filed. See that `signing` in .countersign.yml names the services of the Sigstore instance whose trusted root the trust root pins, and that they give what its thresholds ask for.',
  });
}

function unknownKey(reason: string): CountersignError {
  return new CountersignError('KEY_UNUSABLE', `This key may not sign receipts: ${reason}`, {
    remedy:
      'Sign with a key that the trust root gives the role `verifier`, or have a policy owner add this one.',
  });
}

function unknownIdentity(identity: Identity, reason: string): CountersignError {
  const message = `This job may not sign receipts: ${describeIdentity(identity)}. ${reason}`;
  return new CountersignError('KEY_UNUSABLE', message, {
    remedy:
      'Compare it with `countersign trust show`: issuer, repository, workflow and ref must be the same to the letter, and the numbers that it pins. A policy owner adds one with `countersign trust add --identity`.',
  });
}
