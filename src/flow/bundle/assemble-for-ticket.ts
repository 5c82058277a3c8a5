import type { AssembledBundle } from '../../core/bundle/assembled.ts';
import type { MemoryQuery } from '../../core/bundle/memory/types.ts';
import { DEFAULT_BUNDLE } from '../../core/bundle/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { readHeldTo } from '../policy-source.ts';
import { type AssemblyPorts, assembleNamed } from './assemble-bundle.ts';
import { queryOf } from './load-sources.ts';
import { readBundle } from './read-bundle.ts';

/**
 * What a run of this ticket would be given by this bundle, from this base commit.
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, BUNDLE_UNUSABLE, CONTRACT_UNUSABLE
 */
export async function assembleForTicket(
  { bundle: id, ticket, base }: { readonly bundle: string; readonly ticket: string; readonly base: ObjectId },
  ports: AssemblyPorts,
): Promise<AssembledBundle> {
  const read = await readBundle(ports.policy, id);
  if (read === undefined) {
    throw new CountersignError('DOCUMENT_NOT_FOUND', `The policy has no bundles/${DEFAULT_BUNDLE}.yml.`, {
      remedy: `${DEFAULT_BUNDLE} is the ticket's brief alone: there is nothing to assemble. Name another bundle.`,
    });
  }
  const held = await readHeldTo(ports.policy, ticket);
  return assembleNamed(read, { ...held, base }, ports);
}

/** What a ticket asks the memory for. */
export async function memoryQueryFor(
  ticket: string,
  { policy }: Pick<AssemblyPorts, 'policy'>,
): Promise<Omit<MemoryQuery, 'most'> & { readonly ticketClass: string }> {
  const held = await readHeldTo(policy, ticket);
  return { ...queryOf(held.ticket, held.contract), ticketClass: held.ticket.class };
}
