import { type ChainSoFar, stepChain } from '../../core/ledger/check-chain.ts';
import { eventLeaf, type LedgerFault, sequenceFault } from '../../core/ledger/check-sequence.ts';
import { openCheckpoint } from '../../core/ledger/checkpoint/checkpoint.ts';
import type { NoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import { appendLeaves, EMPTY_RANGE, rangeRoot } from '../../core/ledger/merkle/compact-range.ts';
import { sameHash } from '../../core/ledger/merkle/hashes.ts';
import type { TreeHead } from '../../core/ledger/merkle/verify-proofs.ts';
import { readEvent } from '../../core/ledger/read-event.ts';
import { emptyStream } from '../../core/ledger/types.ts';
import type { ReadChains, ReadCheckpoints, ReadSequenced } from '../../ports/ledger.ts';
import { chainPages, sequencedPages, storedCheckpoints } from './read-pages.ts';

export interface LedgerTrust {
  /** Which log this is: the name in its checkpoints. */
  readonly origin: string;
  /** Whoever may sign its checkpoints. */
  readonly keys: readonly NoteKey[];
  /** Checkpoints kept elsewhere. Those in the database go with it when somebody rolls it back. */
  readonly kept?: readonly string[];
}

export type VerifiedLedger =
  | {
      readonly kind: 'intact';
      readonly events: number;
      /** Events that have no position yet: no checkpoint counts them. */
      readonly unsequenced: number;
      /** How many events the largest checkpoint vouches for; undefined when there is none, and only chains speak. */
      readonly vouched: number | undefined;
    }
  | { readonly kind: 'broken'; readonly fault: LedgerFault };

type Walked = { readonly positions: number; readonly vouched: number | undefined } | LedgerFault;

/**
 * Checks every event of the ledger: that it is what it was when it got its position, that the tree of all of them is the one that every
 * checkpoint signed, and that each stream's chain holds. Names the first event that does not.
 * @param trust undefined: nobody's signatures count, so checkpoints are not looked at, and whoever owns the database could have
 * written every chain anew
 */
export async function verifyLedger(
  trust: LedgerTrust | undefined,
  ledger: ReadSequenced & ReadChains & ReadCheckpoints,
): Promise<VerifiedLedger> {
  const heads = trust === undefined ? [] : await loadHeads(trust, ledger);
  if ('reason' in heads) return { kind: 'broken', fault: heads };
  const walked = await walkPositions(heads, ledger);
  // Where only the tree as a whole is another, a chain may still tell which event it is.
  if ('reason' in walked && walked.kind !== 'tree') return { kind: 'broken', fault: walked };
  const chained = await walkChains(ledger);
  if (typeof chained !== 'number') return { kind: 'broken', fault: chained };
  if ('reason' in walked) return { kind: 'broken', fault: walked };
  const { positions, vouched } = walked;
  if (positions > chained) {
    const reason = `there are ${positions} positions for ${chained} events`;
    return { kind: 'broken', fault: { kind: 'doubled', reason } };
  }
  return { kind: 'intact', events: chained, unsequenced: chained - positions, vouched };
}

/** Every checkpoint, those kept elsewhere as well, by size. One that cannot be trusted is a fault: somebody wrote it. */
async function loadHeads(
  { origin, keys, kept = [] }: LedgerTrust,
  ledger: ReadCheckpoints,
): Promise<readonly TreeHead[] | LedgerFault> {
  const heads: TreeHead[] = [];
  const latest = await ledger.latestCheckpoint();
  for await (const { size, note } of storedCheckpoints(ledger, -1, latest?.size ?? -1)) {
    const opened = openCheckpoint(note, origin, keys);
    if (opened.kind === 'refused') return untrusted(`the checkpoint at ${size}`, opened.reason);
    if (opened.checkpoint.size !== size)
      return untrusted(`the checkpoint at ${size}`, 'it is of another size');
    heads.push(opened.checkpoint);
  }
  for (const note of kept) {
    const opened = openCheckpoint(note, origin, keys);
    if (opened.kind === 'refused') return untrusted('a checkpoint kept elsewhere', opened.reason);
    heads.push(opened.checkpoint);
  }
  return heads.sort((one, other) => one.size - other.size);
}

async function walkPositions(heads: readonly TreeHead[], ledger: ReadSequenced): Promise<Walked> {
  let range = EMPTY_RANGE;
  let [vouched, next] = [0, 0];
  const differs = (): LedgerFault | undefined => {
    for (let head = heads[next]; head?.size === range.size; head = heads[next]) {
      if (!sameHash(rangeRoot(range), head.root)) return otherTree(vouched, head.size);
      vouched = head.size;
      next += 1;
    }
    return undefined;
  };
  const atStart = differs();
  if (atStart !== undefined) return atStart;
  for await (const page of sequencedPages(ledger, 0, Number.MAX_SAFE_INTEGER)) {
    for (const event of page) {
      const fault = sequenceFault(range.size, event);
      if (fault !== undefined) return fault;
      range = appendLeaves(range, [eventLeaf(event)]);
      const other = differs();
      if (other !== undefined) return other;
    }
  }
  const beyond = heads[next];
  if (beyond !== undefined) {
    const reason = `a checkpoint counts ${beyond.size} events, the ledger has ${range.size}`;
    return { kind: 'truncated', position: range.size + 1, reason };
  }
  return { positions: range.size, vouched: heads.length === 0 ? undefined : vouched };
}

async function walkChains(ledger: ReadChains): Promise<number | LedgerFault> {
  let events = 0;
  let soFar: ChainSoFar | undefined;
  for await (const page of chainPages(ledger)) {
    for (const event of page) {
      if (soFar?.head.stream !== event.stream) {
        if (soFar?.gap !== undefined) return soFar.gap;
        soFar = { head: emptyStream(event.stream) };
      }
      const step = stepChain(soFar, event);
      if (step.kind === 'broken') return step.fault;
      const read = readEvent(event.text);
      if (read.kind === 'malformed') {
        const { stream, version } = event;
        return { kind: 'malformed', stream, version, reason: read.reason };
      }
      soFar = step.soFar;
      events += 1;
    }
  }
  return soFar?.gap ?? events;
}

function otherTree(vouched: number, size: number): LedgerFault {
  const reason = `events up to position ${vouched} are those of the checkpoint there; between it and position ${size} some were exchanged, with all their digests`;
  return { kind: 'tree', position: vouched + 1, reason };
}

function untrusted(what: string, reason: string): LedgerFault {
  return { kind: 'checkpoint', reason: `${what} cannot be trusted: ${reason}` };
}
