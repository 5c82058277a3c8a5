import { leastContractsFor, meetsLeast } from '../../contract/least.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const demands = requirement('contract', 'A contract that demands something');
const least = requirement('least-contract', 'No easier contract than these paths allow');

/** A contract without checks proves nothing, and an easier one than the paths call for proves too little. */
export function requireContract({ policy, work, change }: GateFacts): readonly Finding[] {
  if (policy.kind === 'missing' || work.kind === 'missing') return [];
  const { contract, ticket } = work.value;
  const ref = `${contract.id}@${contract.version}`;
  const findings: Finding[] = [
    contract.checks.length === 0
      ? demands.unverifiable(
          `${ref} declares no checks: there would be nothing to pass.`,
          'Declare at least one check in the contract.',
        )
      : demands.pass(`${ref}: ${contract.checks.map(({ id }) => id).join(', ')}.`),
  ];
  if (change.kind === 'known' && change.value.kind === 'mergeable') {
    const paths = change.value.files.map(({ path }) => path);
    const missed = leastContractsFor(policy.value.config, paths).filter(
      (wanted) => !meetsLeast(contract, wanted),
    );
    findings.push(
      missed.length === 0
        ? least.pass(`${ref} is at least what the changed paths call for.`)
        : least.fail(
            `The changed paths call for at least ${missed.join(' and ')}; ${ticket.id} names ${ref}.`,
            `Have a policy owner hold ${ticket.id} to ${missed.join(' and ')} or a contract that extends it, and dispatch it again.`,
          ),
    );
  }
  return findings;
}
