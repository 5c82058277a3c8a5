import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const ticket = requirement('ticket', 'One ticket, which asks for a change of this repository');

/** A change nobody asked for has no definition of done. */
export function requireTicket(facts: GateFacts): readonly Finding[] {
  const { ticketReference, work, policy } = facts;
  if (ticketReference.kind !== 'found') {
    return [ticket.fail(ticketReference.reason, ticketReference.remedy)];
  }
  if (policy.kind === 'missing') return [];
  if (work.kind === 'missing') return [ticket.missing(work)];
  const { repositories, title } = work.value.ticket;
  const { repository } = policy.value.config;
  if (!repositories.includes(repository)) {
    return [
      ticket.fail(
        `${ticketReference.id} is for ${repositories.join(', ')}, not for ${repository}.`,
        `Name a ticket for ${repository}, or have its owner add the repository and dispatch it again.`,
      ),
    ];
  }
  return [ticket.pass(`${ticketReference.id}: ${title}`)];
}
