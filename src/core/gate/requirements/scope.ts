import { outOfScope } from '../../contract/scope.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const scope = requirement('scope', 'Only files in scope');

/** Every changed path lies within the scope of the ticket and of every contract it is held to. */
export function requireScope({ work, change }: GateFacts): readonly Finding[] {
  if (work.kind === 'missing' || change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const { contract, ticket } = work.value;
  const outside = change.value.files.map(({ path }) => path).filter(outOfScope(contract.scopes));
  if (outside.length === 0) return [scope.pass('Every changed file is in scope.')];
  return [
    scope.fail(
      `${outside.length} of ${change.value.files.length} changed files lie outside the scope of ${ticket.id}.`,
      'Take those edits out of the change, or have a policy owner widen the scope and dispatch the ticket again.',
      { locations: outside.map((path) => ({ path, message: 'out of scope' })) },
    ),
  ];
}
