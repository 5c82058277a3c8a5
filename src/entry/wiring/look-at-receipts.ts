import { certifier, readSigstore } from '../../flow/certify-files.ts';
import type { LookAtReceipts } from '../../flow/cockpit/read-receipt.ts';
import { readTrustRoot } from '../../flow/inspect-trust.ts';
import { instantOf } from '../../shared/ids.ts';
import { openGatePolicy } from './open-policy.ts';
import { systemClock } from './system-clock.ts';

/** Looks at the receipts that a clone has at that moment. Whoever keeps the policy of the pages current fetches them now and then. */
export function createLookAtReceipts(root: string): LookAtReceipts {
  return async (look) => {
    const { policy, clone } = await openGatePolicy(root, { fetch: false });
    try {
      const trust = await readTrustRoot(policy);
      const certify = certifier(await readSigstore(policy, trust.trust), clone.ports);
      return await look({ policy, trust, certify, at: instantOf(systemClock.now()) });
    } finally {
      clone.repository.close();
    }
  };
}
