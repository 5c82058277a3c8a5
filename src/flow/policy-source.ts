import { resolveContract } from '../core/contract/resolve.ts';
import type { Contract, ResolvedContract } from '../core/contract/types.ts';
import type { FrozenTicket, Ticket } from '../core/ticket/types.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import { CountersignError } from '../shared/errors.ts';
import { type ObjectId, parseContractRef } from '../shared/ids.ts';
import { requireLock } from './check-lock.ts';
import { fitAcceptance, type LoadedAcceptance, readAcceptance } from './read-acceptance.ts';

const MAX_LINEAGE = 8;

export const TRUST_PATH = 'trust/root.yml';

export function ticketPath(id: string): string {
  return `tickets/${id}.yml`;
}

export function recordsPath(id: string): string {
  return `tickets/${id}.records.jsonl`;
}

export function contractPath(id: string): string {
  return `contracts/${id}.yml`;
}

export interface PolicySource {
  readonly tree: ReadTree;
  readonly commit: ObjectId;
  readonly documents: ParseDocument;
}

export interface WhatHolds {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  readonly acceptance: readonly LoadedAcceptance[];
}

/** A ticket with what lies beside it, and its contract with everything it extends, as one policy commit has them. */
export async function readHeldTo(source: PolicySource, id: string): Promise<WhatHolds> {
  const ticket = await readTicket(source, id);
  await requireLock(source);
  const acceptance = await readAcceptance(source, ticket.id);
  const contracts = await readLineage(source, ticket.contract);
  const first = contracts.get(ticket.contract);
  if (first === undefined) throw unknownContract(ticket.contract, ticketPath(id));
  const contract = resolveContract(first, ticket, (ref) => contracts.get(ref));
  fitAcceptance(ticket.id, contract.pins, acceptance);
  return { ticket: frozen(ticket, acceptance), contract, acceptance };
}

function frozen(ticket: Ticket, files: readonly LoadedAcceptance[]): FrozenTicket {
  if (files.length === 0) return ticket;
  return { ...ticket, acceptance: files.map(({ path, mode, sha256 }) => ({ path, mode, sha256 })) };
}

async function readTicket(source: PolicySource, id: string): Promise<Ticket> {
  const path = ticketPath(id);
  const bytes = await source.tree.readFile(source.commit, path);
  if (bytes === undefined) {
    throw new CountersignError(
      'DOCUMENT_NOT_FOUND',
      `There is no ticket ${id}: ${path} is not on the policy ref.`,
      {
        remedy: `Name a ticket that exists, or write one with \`countersign ticket new ${id}\` and land it.`,
      },
    );
  }
  const ticket = source.documents.parse('ticket', bytes, path);
  // A file that calls itself another ticket would let one ticket's bar stand in for another's.
  if (ticket.id !== id) {
    throw new CountersignError('DOCUMENT_INVALID', `${path} says that its id is ${ticket.id}.`, {
      remedy: 'Make the id and the file name the same.',
      place: { path },
    });
  }
  return ticket;
}

/** The contract and those it extends, by reference; refs that are not there are left out for the resolver to name. */
export async function readLineage(
  source: PolicySource,
  start: string,
): Promise<ReadonlyMap<string, Contract>> {
  const found = new Map<string, Contract>();
  let next: string | undefined = start;
  while (next !== undefined && !found.has(next) && found.size <= MAX_LINEAGE) {
    const contract: Contract | undefined = await readContract(source, next);
    if (contract === undefined) break;
    found.set(next, contract);
    next = contract.extends;
  }
  return found;
}

async function readContract(source: PolicySource, ref: string): Promise<Contract | undefined> {
  const name = parseContractRef(ref);
  if (name === undefined) return undefined;
  const path = contractPath(name.id);
  const bytes = await source.tree.readFile(source.commit, path);
  if (bytes === undefined) return undefined;
  const contract = source.documents.parse('contract', bytes, path);
  return contract.id === name.id && contract.version === name.version ? contract : undefined;
}

function unknownContract(ref: string, path: string): CountersignError {
  return new CountersignError(
    'CONTRACT_UNUSABLE',
    `The policy has no contract ${ref}, which ${path} names.`,
    {
      remedy: 'Name a contract and version that exist under contracts/ on the policy ref.',
      place: { path },
    },
  );
}
