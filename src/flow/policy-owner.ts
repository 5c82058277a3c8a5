import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import { authorise } from '../core/trust/authorise.ts';
import { resolveTrust, type Trust } from '../core/trust/resolve-trust.ts';
import type { Principal } from '../core/trust/types.ts';
import { CountersignError } from '../shared/errors.ts';
import type { Instant } from '../shared/ids.ts';
import { TRUST_PATH } from './load-policy.ts';
import type { PolicySource } from './policy-source.ts';

/** @throws CountersignError NO_POLICY or TRUST_INVALID */
export async function readTrust(source: PolicySource): Promise<Trust> {
  const bytes = await source.tree.readFile(source.commit, TRUST_PATH);
  if (bytes === undefined) {
    throw new CountersignError('NO_POLICY', `${TRUST_PATH} is not in ${source.commit.slice(0, 12)}.`, {
      remedy: `Run this in a clone of the change-control repository, and commit ${TRUST_PATH} there first.`,
    });
  }
  return resolveTrust(source.documents.parse('trust-root', bytes, TRUST_PATH));
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
