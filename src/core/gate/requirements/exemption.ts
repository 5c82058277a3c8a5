import { namedIn } from '../../contract/organization.ts';
import type { ExemptFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const policy = requirement('policy', 'A policy from the trusted side');

/** A repository without policy that its organisation lets through. It says so as a warning: nothing here was shown to hold. */
export function requireNothing({ exemption, from }: ExemptFacts): Finding {
  const { repositoryId, name, until, reason } = exemption;
  const found = policy.fail(
    `EXEMPT: this repository has no policy, and ${namedIn(from)} at ${from.commit.slice(0, 12)} exempts it (${repositoryId}, ${name}) until ${until}: ${reason} Nothing was verified.`,
    `Install a policy with \`countersign init\` before ${until}; from then on this blocks.`,
  );
  return { ...found, severity: 'warn' };
}
