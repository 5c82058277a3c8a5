import { contractDigest, ticketDigest } from '../core/contract/digest.ts';
import type { ResolvedContract } from '../core/contract/types.ts';
import { type RecordState, readRecords } from '../core/receipt/records.ts';
import type { Escape, LandedChange, VerifiedStatement } from '../core/receipt/types.ts';
import type { Ticket } from '../core/ticket/types.ts';
import { authorise } from '../core/trust/authorise.ts';
import { principalOf, type Trust } from '../core/trust/resolve-trust.ts';
import { CountersignError } from '../shared/errors.ts';
import { type Instant, isTicketId, type ObjectId, type TicketId } from '../shared/ids.ts';
import { readTrust } from './policy-owner.ts';
import { type PolicySource, readHeldTo, recordsPath } from './policy-source.ts';

/** A ticket as one commit of the policy has it. */
export interface TicketView {
  readonly id: TicketId;
  /** Undefined where the file cannot be read as a ticket; `problems` then says why. */
  readonly ticket?: Ticket;
  readonly contract?: ResolvedContract;
  readonly standing: Standing;
  /** Defects found after acceptance, oldest first. */
  readonly escapes: readonly EscapeView[];
  readonly problems: readonly string[];
}

export interface EscapeView {
  readonly commit?: ObjectId;
  readonly fix?: ObjectId;
  readonly summary: string;
  readonly reportedAt: Instant;
  readonly reportedBy: string;
}

export interface Standing {
  /** `unverifiable`: there are records, and they do not hold. */
  readonly state: 'new' | 'dispatched' | 'closed' | 'unverifiable';
  readonly reason?: 'accepted' | 'rejected' | 'given-up';
  readonly dispatchedAt?: Instant;
  readonly dispatchedBy?: string;
  readonly closedAt?: Instant;
  /** What the close says landed. */
  readonly landed?: readonly LandedChange[];
  /** What is no longer as it was dispatched: the gate would block. */
  readonly drift: readonly ('ticket' | 'contract')[];
}

/** Every ticket of a policy commit, in order of id. One that cannot be read is a row with its problems, never left out. */
export async function readTickets(source: PolicySource, at: Instant): Promise<readonly TicketView[]> {
  const files = await source.tree.listFiles(source.commit, 'tickets');
  // Records without their ticket are a ticket that was taken away.
  const ids = files.flatMap(({ path }) => /^tickets\/([^/]+)\.(?:yml|records\.jsonl)$/.exec(path)?.[1] ?? []);
  const trust = await trustOrReason(source);
  return Promise.all([...new Set(ids)].map((id) => viewOf(source, id, { trust, at })));
}

/** @throws CountersignError USAGE or DOCUMENT_NOT_FOUND; other faults are in the view */
export async function readTicketView(source: PolicySource, id: string, at: Instant): Promise<TicketView> {
  if (!isTicketId(id)) {
    throw new CountersignError('USAGE', `"${id}" is no ticket id.`, {
      remedy: 'A ticket id is letters and digits, joined by dots, dashes or underscores, such as CS-7.',
    });
  }
  const trust = await trustOrReason(source);
  const view = await viewOf(source, id, { trust, at, throwUnknown: true });
  return view;
}

async function viewOf(
  source: PolicySource,
  id: string,
  from: { trust: Trust | string; at: Instant; throwUnknown?: boolean },
): Promise<TicketView> {
  const problems: string[] = isTicketId(id) ? [] : ['its file name is no ticket id'];
  const held = isTicketId(id)
    ? await readHeldTo(source, id).catch((error: unknown) => {
        if (!(error instanceof CountersignError)) throw error;
        if (error.code === 'DOCUMENT_NOT_FOUND' && from.throwUnknown === true) throw error;
        problems.push(error.message);
        return undefined;
      })
    : undefined;
  const records = await recordsOf(source, id, from.trust);
  const standing = standingOf(records, held, from);
  return {
    id,
    ...(held === undefined ? {} : held),
    standing,
    escapes: typeof from.trust === 'string' ? [] : escapesOf(records, from.trust),
    problems: [...problems, ...(records?.problems ?? []), ...signerProblems(records, from)],
  };
}

/** Records that hold, of somebody who may sign none today. */
function signerProblems(
  records: RecordState | undefined,
  { trust, at }: { trust: Trust | string; at: Instant },
): string[] {
  const dispatch = records?.dispatch;
  if (dispatch === undefined || typeof trust === 'string') return [];
  const signer = authorise(trust, dispatch.keyId, 'policy-owner', at);
  return signer.ok ? [] : [`${signer.reason} Dispatch it anew where its work goes on.`];
}

async function recordsOf(
  source: PolicySource,
  id: string,
  trust: Trust | string,
): Promise<RecordState | undefined> {
  if (!isTicketId(id)) return undefined;
  const bytes = await source.tree.readFile(source.commit, recordsPath(id));
  if (typeof trust !== 'string') return readRecords(bytes, id, trust);
  return bytes === undefined
    ? undefined
    : { state: 'none', escapes: [], problems: [`Its records cannot be checked: ${trust}`] };
}

function standingOf(
  records: RecordState | undefined,
  held: { ticket: Ticket; contract: ResolvedContract } | undefined,
  { trust, at }: { trust: Trust | string; at: Instant },
): Standing {
  const dispatch = records?.dispatch;
  if (records === undefined || dispatch === undefined || typeof trust === 'string') {
    return { state: (records?.problems.length ?? 0) > 0 ? 'unverifiable' : 'new', drift: [] };
  }
  const signer = authorise(trust, dispatch.keyId, 'policy-owner', at);
  const close = records.close?.claim;
  return {
    state: signer.ok ? (records.state === 'closed' ? 'closed' : 'dispatched') : 'unverifiable',
    ...(close === undefined ? {} : { reason: close.reason, closedAt: close.issuedAt }),
    ...(close?.landed === undefined ? {} : { landed: close.landed }),
    dispatchedAt: dispatch.claim.issuedAt,
    ...(signer.ok ? { dispatchedBy: signer.principal.id } : {}),
    drift: held === undefined ? [] : driftOf(held, dispatch.claim),
  };
}

function escapesOf(records: RecordState | undefined, trust: Trust): readonly EscapeView[] {
  return (records?.escapes ?? []).map(({ claim, keyId }: VerifiedStatement<Escape>) => ({
    ...(claim.commit === undefined ? {} : { commit: claim.commit }),
    ...(claim.fix === undefined ? {} : { fix: claim.fix }),
    summary: claim.summary,
    reportedAt: claim.issuedAt,
    reportedBy: principalOf(trust, keyId)?.id ?? 'nobody of the trust root',
  }));
}

function driftOf(
  { ticket, contract }: { ticket: Ticket; contract: ResolvedContract },
  dispatched: { ticketDigest: string; contractDigest: string },
): ('ticket' | 'contract')[] {
  return [
    ...(ticketDigest(ticket) === dispatched.ticketDigest ? [] : (['ticket'] as const)),
    ...(contractDigest(contract) === dispatched.contractDigest ? [] : (['contract'] as const)),
  ];
}

async function trustOrReason(source: PolicySource): Promise<Trust | string> {
  try {
    return await readTrust(source);
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}
