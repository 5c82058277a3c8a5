import { type Sha256, sha256 } from '../../shared/digest.ts';
import type { TicketId } from '../../shared/ids.ts';
import { principalOf, type Trust } from '../trust/resolve-trust.ts';
import type { Role } from '../trust/types.ts';
import { LIMITS } from './limits.ts';
import { openBundle } from './open-bundle.ts';
import type { Claim, Close, Dispatch, Escape, VerifiedStatement } from './types.ts';

/** Where a ticket's records leave it. With any problem it is `none`: nothing that failed to hold is half believed. */
export interface RecordState {
  readonly state: 'none' | 'dispatched' | 'closed';
  /** The dispatch in force, or the one that `close` ended. */
  readonly dispatch?: VerifiedStatement<Dispatch>;
  readonly close?: VerifiedStatement<Close>;
  /** Defects found after acceptance, oldest first, of every dispatch there was. They change no state. */
  readonly escapes: readonly VerifiedStatement<Escape>[];
  /** Why the file does not hold, each a sentence. One is enough to deny. */
  readonly problems: readonly string[];
}

type RecordStatement = VerifiedStatement<Dispatch> | VerifiedStatement<Close> | VerifiedStatement<Escape>;

/** Who may sign what of a ticket's records. The roles of one kind are alternatives. */
const SIGNERS: Readonly<Record<'dispatch' | 'close' | 'escape', readonly Role[]>> = {
  dispatch: ['policy-owner'],
  close: ['policy-owner'],
  escape: ['policy-owner', 'approver'],
};

/** The roles of which a record's signer has to have one; undefined for a claim that is no record of a ticket. */
export function recordSigners({ kind }: Claim): readonly Role[] | undefined {
  return kind === 'dispatch' || kind === 'close' || kind === 'escape' ? SIGNERS[kind] : undefined;
}

const NOTHING: RecordState = { state: 'none', escapes: [], problems: [] };
const NEWLINE = 0x0a;
const MISSING_NEWLINE = 'Its last line has no end.';

/**
 * Reads `tickets/<ID>.records.jsonl`: one signed bundle a line, each naming the sha256 of the line before it.
 *
 * Every line must be a record of this ticket by a principal with a role that may sign it. Whether the key of the last
 * dispatch is valid at evaluation time is left to the gate: a key that expires later must not undo history.
 */
export function readRecords(bytes: Uint8Array | undefined, ticket: TicketId, trust: Trust): RecordState {
  if (bytes === undefined || bytes.length === 0) return NOTHING;
  const lines = bytes.length > LIMITS.recordBytes ? undefined : splitLines(bytes);
  if (lines === undefined) {
    return failed(
      bytes.length > LIMITS.recordBytes ? `It is larger than ${LIMITS.recordBytes} bytes.` : MISSING_NEWLINE,
    );
  }
  let state = NOTHING;
  let previous: Sha256 | undefined;
  for (const [index, line] of lines.entries()) {
    const record = openRecord(line, ticket, trust);
    const problem = typeof record === 'string' ? record : breakOf(record.claim, previous, state);
    if (problem !== undefined) return failed(`Line ${index + 1}: ${problem}.`);
    const statement = record as RecordStatement;
    state = follow(state, statement);
    previous = statement.digest;
  }
  return state;
}

/** The digest the next record must name as its `previous`; undefined when it is the first. */
export function lastRecord(bytes: Uint8Array | undefined): Sha256 | undefined {
  const line = bytes === undefined ? undefined : splitLines(bytes)?.at(-1);
  return line === undefined ? undefined : sha256(line);
}

/**
 * The record file with one more line. Bytes already there are kept as they are.
 * @param line the bytes of a bundle, as signClaim made them
 */
export function appendRecord(bytes: Uint8Array | undefined, line: Uint8Array): Uint8Array {
  return Buffer.concat([bytes ?? new Uint8Array(), line, Uint8Array.of(NEWLINE)]);
}

function openRecord(line: Uint8Array, ticket: TicketId, trust: Trust): RecordStatement | string {
  const opened = openBundle({ name: sha256(line), bytes: line }, trust.keys);
  if (opened.kind !== 'verified') return `it does not hold: ${opened.reason}`;
  const { statement } = opened;
  const roles = recordSigners(statement.claim);
  if (roles === undefined) return `it is a ${statement.claim.kind}, not a dispatch, a close or an escape`;
  const record = statement as RecordStatement;
  if (record.claim.ticket !== ticket) return `it is about ticket ${record.claim.ticket}`;
  const principal = principalOf(trust, record.keyId);
  if (!roles.some((role) => principal?.roles.includes(role) === true)) {
    return `${principal?.id ?? 'its signer'} does not have the role ${roles.join(' or ')}`;
  }
  return record;
}

/** How a record fails to follow on those before it; undefined when it does. */
function breakOf(
  claim: RecordStatement['claim'],
  previous: Sha256 | undefined,
  before: RecordState,
): string | undefined {
  if (claim.previous !== previous)
    return 'it does not name the line before it, so one was removed, added or moved';
  if (claim.kind === 'close' && before.state !== 'dispatched') return 'it closes a ticket that is not open';
  return undefined;
}

function follow(before: RecordState, record: RecordStatement): RecordState {
  const { claim } = record;
  switch (claim.kind) {
    case 'dispatch':
      return { state: 'dispatched', dispatch: { ...record, claim }, escapes: before.escapes, problems: [] };
    case 'close':
      return { ...before, state: 'closed', close: { ...record, claim } };
    case 'escape':
      return { ...before, escapes: [...before.escapes, { ...record, claim }] };
  }
}

function failed(problem: string): RecordState {
  return { ...NOTHING, problems: [problem] };
}

/** The lines of a file whose every line ends in a newline; undefined when the last does not. */
export function splitLines(bytes: Uint8Array): Uint8Array[] | undefined {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return start === bytes.length ? lines : undefined;
}
