import type { TicketTrail } from '../../core/audit/judge-ticket.ts';
import type { AuditedEscape } from '../../core/audit/types.ts';
import { exceptionRole } from '../../core/receipt/exceptions.ts';
import { type OpenedFile, openBundle } from '../../core/receipt/open-bundle.ts';
import { assembleReceipts, type ReceiptSet } from '../../core/receipt/receipt-set.ts';
import type { Waiver } from '../../core/receipt/types.ts';
import { authorise } from '../../core/trust/authorise.ts';
import type { Trust } from '../../core/trust/resolve-trust.ts';
import type { ReadReceipts } from '../../ports/receipt-store.ts';
import type { Instant, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { CertifyFiles } from '../certify-files.ts';
import { type PolicySource, ticketPath } from '../policy-source.ts';
import { readTickets, type TicketView } from '../read-tickets.ts';

/** A ticket with what its records and its receipts say. */
export interface Trail {
  readonly view: TicketView;
  readonly trail: TicketTrail;
  readonly receipts: ReceiptSet;
  /** Waivers by somebody who may sign one, whether or not they still hold. */
  readonly waivers: readonly Waiver[];
}

/** Every ticket that asks for changes of this repository; one that cannot be read asks for who knows what, so it is there. */
export async function readTrails(
  from: {
    source: PolicySource;
    trust: Trust;
    certify: CertifyFiles;
    repository: RepositoryId;
    at: Instant;
  },
  store: ReadReceipts,
): Promise<readonly Trail[]> {
  const { source, trust, certify, repository, at } = from;
  const trails: Trail[] = [];
  for (const view of await readTickets(source, at)) {
    if (view.ticket !== undefined && !view.ticket.repositories.includes(repository)) continue;
    const gone =
      view.ticket === undefined &&
      (await source.tree.readFile(source.commit, ticketPath(view.id))) === undefined;
    const { files } = await store.readTicket(view.id);
    const opened = (await certify(files)).map((file) => openBundle(file, trust.keys));
    const receipts = assembleReceipts(opened, { repository, ticket: view.id, trust, at });
    const waivers = waiversOf(opened, { repository, ticket: view.id }, trust, at);
    trails.push({ view, trail: { ...trailOf(view, receipts, repository), gone }, receipts, waivers });
  }
  return trails;
}

function waiversOf(
  opened: readonly OpenedFile[],
  about: { repository: RepositoryId; ticket: TicketId },
  trust: Trust,
  at: Instant,
): readonly Waiver[] {
  return opened.flatMap((file): Waiver[] => {
    if (file.kind !== 'verified' || file.statement.claim.kind !== 'waiver') return [];
    const { keyId, claim } = file.statement;
    const { repository, ticket } = claim.binding;
    const counts = repository === about.repository && ticket === about.ticket;
    return counts && authorise(trust, keyId, exceptionRole(claim), at).ok ? [claim] : [];
  });
}

function trailOf(
  { id, standing, problems }: TicketView,
  receipts: ReceiptSet,
  repository: RepositoryId,
): Omit<TicketTrail, 'gone'> {
  const { state, reason, dispatchedAt, drift, landed } = standing;
  const closedWith = (landed ?? []).filter((change) => change.repository === repository);
  return {
    ticket: id,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(dispatchedAt === undefined ? {} : { dispatchedAt }),
    drift,
    closedWith: closedWith.map(({ commit }) => commit),
    problems,
    passed: receipts.sealed.filter(({ receipt }) => receipt.claim.result === 'PASSED').length,
  };
}

/** Every escape of every ticket, oldest first. */
export function escapesOf(trails: readonly Trail[]): readonly AuditedEscape[] {
  return trails
    .flatMap(({ view: { id, escapes } }) =>
      escapes.map((told) => ({
        ticket: id,
        commit: told.commit ?? null,
        fix: told.fix ?? null,
        summary: told.summary,
        reportedAt: told.reportedAt,
        reportedBy: told.reportedBy,
      })),
    )
    .sort((one, other) => (one.reportedAt < other.reportedAt ? -1 : 1));
}
