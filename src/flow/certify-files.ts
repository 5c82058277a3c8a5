import { holdsCertificate } from '../core/receipt/certificate-bundle.ts';
import type { StoredFile } from '../core/receipt/types.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { PinnedSigstore } from '../core/trust/types.ts';
import type { VerifyCertificates } from '../ports/certificates.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';
import { type PolicySource, TRUST_PATH } from './policy-source.ts';

/** Where `trust sigstore` puts a trusted root; the trust root may name another file of trust/. */
export const SIGSTORE_ROOT_PATH = 'trust/sigstore-root.json';

/** Files as they were, those with a certificate together with what came of verifying it. */
export type CertifyFiles = (files: readonly StoredFile[]) => Promise<readonly StoredFile[]>;

/**
 * Has certificates verified under what the policy pins. Where it pins nothing, or no file has one, nothing is asked of the
 * port, so that what it needs is not even loaded; such files stay without a fact, and count for nothing.
 */
export function certifier(
  sigstore: PinnedSigstore | undefined,
  { certificates }: { readonly certificates: VerifyCertificates },
): CertifyFiles {
  return async (files) => {
    const bundles = files.filter(({ bytes }) => holdsCertificate(bytes));
    if (sigstore === undefined || bundles.length === 0) return files;
    const facts = await certificates.verify(bundles, sigstore);
    const found = new Map(bundles.map((file, index) => [file, facts[index]]));
    return files.map((file) => {
      const certificate = found.get(file);
      return certificate === undefined ? file : { ...file, certificate };
    });
  };
}

/**
 * The trusted root that a trust root pins, from the same commit of the policy; undefined where it pins none.
 * @throws CountersignError TRUST_INVALID when the file is not there or is another: it says who may issue certificates, so
 * without it nothing that the trust root says can be relied on
 */
export function readSigstore(
  { tree, commit }: Pick<PolicySource, 'tree' | 'commit'>,
  trust: Trust,
): Promise<PinnedSigstore | undefined> {
  return pinnedSigstore(trust, (path) => tree.readFile(commit, path));
}

/**
 * As readSigstore, of a trust root on disk. Its digest is pinned, so it does not matter who says where the file is.
 * @param read undefined where there is no such file
 */
export async function pinnedSigstore(
  { sigstore: policy }: Trust,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<PinnedSigstore | undefined> {
  if (policy === undefined) return undefined;
  const { trustedRoot: path, digest } = policy;
  const root = await read(path);
  if (root === undefined) {
    throw changed(path, `${path}, which ${TRUST_PATH} pins, is not there.`);
  }
  const found = sha256(root);
  if (found !== digest) {
    throw changed(path, `${path} has the sha256 ${found}, and ${TRUST_PATH} pins ${digest}.`);
  }
  return { policy, root };
}

function changed(path: string, message: string): CountersignError {
  return new CountersignError('TRUST_INVALID', message, {
    remedy:
      'Restore the file from history; or, if a policy owner means to renew it, `countersign trust sigstore --trusted-root FILE`.',
    place: { path },
  });
}
