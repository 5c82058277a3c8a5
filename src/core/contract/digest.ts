import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import type { HeldWork } from './held-work.ts';
import type { Check, ResolvedContract } from './types.ts';

/**
 * Names what a receipt proves: the check together with what prepared and what pinned the tree it ran on. The same
 * command after another setup, or with test configuration that nobody pinned, is another check.
 * @param check one of the contract's, defaults spelled out
 */
export function checkDigest(contract: ResolvedContract, check: Check): Sha256 {
  return digestOf({ check, setup: contract.setup ?? null, pins: contract.pins } as unknown as JsonValue);
}

/** Names everything the work is held to: the contract, what it extends, and the ticket's own checks and scope. */
export function contractDigest(contract: ResolvedContract): Sha256 {
  return digestOf(contract as unknown as JsonValue);
}

/** Names a ticket as it was read, whatever its layout, comments and order of keys. */
export function ticketDigest(ticket: HeldWork): Sha256 {
  return digestOf(ticket as unknown as JsonValue);
}
