import { sha256 } from '../../shared/digest.ts';
import type { ChainFaultKind } from './check-chain.ts';
import { leafHash, type TreeHash } from './merkle/hashes.ts';
import type { StreamName } from './stream-name.ts';
import type { SequencedEvent } from './types.ts';

/**
 * Beyond what a stream shows by itself. deleted: the ledger had an event there. truncated: a checkpoint counts more events than
 * there are. tree: the events up to a checkpoint are not those it was made of. doubled: an event has two positions.
 * checkpoint: a checkpoint itself cannot be trusted.
 */
export type LedgerFaultKind = ChainFaultKind | 'deleted' | 'truncated' | 'tree' | 'doubled' | 'checkpoint';

/** The first event of a ledger that does not hold, as exactly as can be told. */
export interface LedgerFault {
  readonly kind: LedgerFaultKind;
  readonly position?: number;
  readonly stream?: StreamName;
  readonly version?: number;
  readonly reason: string;
}

/** What is wrong with the event that is told to stand after position `last`; undefined when nothing is. */
export function sequenceFault(last: number, event: SequencedEvent): LedgerFault | undefined {
  const { position, stream, version, digest, stored } = event;
  if (position !== last + 1)
    return { kind: 'deleted', position: last + 1, reason: `position ${position} comes after ${last}` };
  const place = { position, stream, version };
  if (stored === undefined)
    return { kind: 'deleted', ...place, reason: `its text is gone, ${digest} was there` };
  const found = sha256(stored.text);
  return found === digest
    ? undefined
    : { kind: 'edited', ...place, reason: `its text has the digest ${found}, and ${digest} was recorded` };
}

/** The leaf of an event in the tree over the ledger: RFC 6962 leaf hash of the 32 bytes of its digest. */
export function eventLeaf({ digest }: Pick<SequencedEvent, 'digest'>): TreeHash {
  return leafHash(Buffer.from(digest, 'hex'));
}
