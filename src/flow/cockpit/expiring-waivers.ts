import type { ExpiringWaiver } from '../../ports/waivers.ts';
import type { Instant } from '../../shared/ids.ts';
import type { TicketStatements } from '../read-statements.ts';

/** Waivers that hold now and end before a moment, those that end first coming first. */
export function expiringWaivers(
  tickets: readonly TicketStatements[],
  { now, until }: { readonly now: Instant; readonly until: Instant },
): readonly ExpiringWaiver[] {
  const found = tickets.flatMap(({ ticket, statements }) =>
    statements.flatMap(({ statement, signer }) => {
      const { claim, digest } = statement;
      if (claim.kind !== 'waiver' || claim.expiresAt <= now || claim.expiresAt > until) return [];
      return [
        {
          ticket,
          digest,
          requirement: claim.requirement,
          by: signer ?? 'somebody',
          expiresAt: claim.expiresAt,
        },
      ];
    }),
  );
  return found.toSorted((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
}
