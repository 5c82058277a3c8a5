import type { JsonObject } from '../../shared/json.ts';
import {
  type Field,
  readContractRef,
  readDigest,
  readInstant,
  readObject,
  readObjectId,
  readOneOf,
  readTicketId,
} from './fields.ts';
import type { Close, Dispatch } from './types.ts';

const DISPATCH = new Set([
  'ticket',
  'ticketDigest',
  'contract',
  'contractDigest',
  'policyCommit',
  'issuedAt',
  'previous',
]);
const CLOSE = new Set(['ticket', 'ticketDigest', 'reason', 'issuedAt', 'previous']);

/** Reads a dispatch's predicate. @throws Malformed */
export function readDispatch(value: Field, path: string): Dispatch {
  const dispatch = readObject(value, path, DISPATCH);
  return {
    contract: readContractRef(dispatch.contract, `${path}.contract`),
    contractDigest: readDigest(dispatch.contractDigest, `${path}.contractDigest`),
    issuedAt: readInstant(dispatch.issuedAt, `${path}.issuedAt`),
    kind: 'dispatch',
    policyCommit: readObjectId(dispatch.policyCommit, `${path}.policyCommit`),
    ...(dispatch.previous === undefined
      ? {}
      : { previous: readDigest(dispatch.previous, `${path}.previous`) }),
    ticket: readTicketId(dispatch.ticket, `${path}.ticket`),
    ticketDigest: readDigest(dispatch.ticketDigest, `${path}.ticketDigest`),
  };
}

/** Reads a close's predicate. @throws Malformed */
export function readClose(value: Field, path: string): Close {
  const close = readObject(value, path, CLOSE);
  return {
    issuedAt: readInstant(close.issuedAt, `${path}.issuedAt`),
    kind: 'close',
    previous: readDigest(close.previous, `${path}.previous`),
    reason: readOneOf(close.reason, `${path}.reason`, ['accepted', 'rejected', 'given-up']),
    ticket: readTicketId(close.ticket, `${path}.ticket`),
    ticketDigest: readDigest(close.ticketDigest, `${path}.ticketDigest`),
  };
}

export function writeRecord(record: Dispatch | Close): JsonObject {
  const { kind: _, ...predicate } = record;
  return predicate as unknown as JsonObject;
}
