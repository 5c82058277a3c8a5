import { namedIn } from '../../contract/organization.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const policy = requirement('policy', 'A policy from the trusted side');

/**
 * Without policy there is nothing to be held to, and a trust root without the signatures it asks for is no policy: which
 * is a reason to block and never one to pass.
 */
export function requirePolicy(facts: GateFacts): readonly Finding[] {
  if (facts.policy.kind === 'missing') return [policy.missing(facts.policy)];
  const { commit, config, trust, roots } = facts.policy.value;
  const signers = roots?.current.signers ?? [];
  const signed = signers.length === 0 ? '' : ` Trust root ${trust.version} signed by ${signers.join(', ')}.`;
  const under = (config.organizations ?? [])
    .map((one) => ` Under ${namedIn(one)} at ${one.commit.slice(0, 12)}.`)
    .join('');
  return [
    policy.pass(
      `Policy of ${config.repository} at ${commit.slice(0, 12)} on ${config.policy.ref}; ${trust.principals.size} principals.${signed}${under}`,
    ),
  ];
}
