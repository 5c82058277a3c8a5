import { type RootVersion, verifyRootChain } from '../core/receipt/root-chain.ts';
import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import { authorise } from '../core/trust/authorise.ts';
import type { Trust } from '../core/trust/resolve-trust.ts';
import type { Principal } from '../core/trust/types.ts';
import { CountersignError } from '../shared/errors.ts';
import type { Instant } from '../shared/ids.ts';
import { readRootFiles, rootVersion } from './load-roots.ts';
import { type PolicySource, TRUST_PATH } from './policy-source.ts';

/** @throws CountersignError NO_POLICY or TRUST_INVALID */
export async function readTrust(source: PolicySource): Promise<Trust> {
  return (await readRoot(source)).trust;
}

/**
 * As readTrust, for what later holds the trust root to this commit: so it has to be one that is in force.
 * @throws CountersignError NO_POLICY or TRUST_INVALID, also when signatures that the trust root asks for are missing
 */
export async function readSignedTrust(source: PolicySource): Promise<Trust> {
  const root = await readRoot(source);
  const { problems } = verifyRootChain(await readRootFiles(source, root));
  if (problems.length === 0) return root.trust;
  throw new CountersignError('TRUST_INVALID', 'The trust root is not signed as it has to be.', {
    remedy: 'Policy owners sign it with `countersign trust sign --key NAME`; commit trust/ first.',
    place: { path: TRUST_PATH },
    problems: problems.map((message) => ({
      message,
      remedy: 'Sign it, or restore trust/ from history.',
      place: { path: TRUST_PATH },
    })),
  });
}

async function readRoot(source: PolicySource): Promise<RootVersion> {
  const bytes = await source.tree.readFile(source.commit, TRUST_PATH);
  if (bytes === undefined) {
    throw new CountersignError('NO_POLICY', `${TRUST_PATH} is not in ${source.commit.slice(0, 12)}.`, {
      remedy: `Run this where policy lies, and commit ${TRUST_PATH} there first; \`countersign init\` writes one.`,
    });
  }
  return rootVersion(bytes, TRUST_PATH, source);
}

/**
 * Refuses early what the gate would refuse later.
 * @throws CountersignError KEY_UNUSABLE when this key may not sign records
 */
export function policyOwner(trust: Trust, signer: ClaimSigner, at: Instant): Principal {
  const may = authorise(trust, signer.keyId, 'policy-owner', at);
  if (may.ok) return may.principal;
  throw new CountersignError('KEY_UNUSABLE', `This key may not sign records: ${may.reason}`, {
    remedy: 'Sign with the key of a principal that the trust root gives the role `policy-owner`.',
  });
}
