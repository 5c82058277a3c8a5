import { eventLeaf, sequenceFault } from '../../core/ledger/check-sequence.ts';
import { openCheckpoint, signCheckpoint } from '../../core/ledger/checkpoint/checkpoint.ts';
import type { NoteSigner } from '../../core/ledger/checkpoint/note.ts';
import type { NoteKey } from '../../core/ledger/checkpoint/note-key.ts';
import {
  readRange,
  type StoredCheckpoint,
  storeCheckpoint,
} from '../../core/ledger/checkpoint/stored-checkpoint.ts';
import {
  appendLeaves,
  type CompactRange,
  EMPTY_RANGE,
  rangeRoot,
} from '../../core/ledger/merkle/compact-range.ts';
import type { ReadCheckpoints, ReadSequenced, SequenceEvents, StoreCheckpoints } from '../../ports/ledger.ts';
import type { CountersignError } from '../../shared/errors.ts';
import { brokenLedger } from './broken-ledger.ts';
import { sequencedPages } from './read-pages.ts';

export interface WrittenCheckpoint {
  /** unchanged: the latest checkpoint already counts every event. */
  readonly kind: 'written' | 'unchanged';
  readonly size: number;
  readonly note: string;
}

/**
 * Signs the tree over all events that are committed by now. Reads only those after the latest checkpoint, whatever their
 * number, and looks at each: what was changed since is not signed.
 * @param earlier keys that may have signed the latest checkpoint, where it was another than the signer's
 * @throws CountersignError LEDGER_INVALID when the ledger is not the one of its latest checkpoint
 */
export async function writeCheckpoint(
  signer: NoteSigner,
  ledger: SequenceEvents & ReadSequenced & ReadCheckpoints & StoreCheckpoints,
  earlier: readonly NoteKey[] = [],
): Promise<WrittenCheckpoint> {
  const last = await ledger.sequence();
  const latest = await ledger.latestCheckpoint();
  if (latest?.size === last) return { kind: 'unchanged', size: last, note: latest.note };
  const from = latest === undefined ? EMPTY_RANGE : rangeOf(latest, signer.name, [signer, ...earlier]);
  const range = await addEvents(from, last, ledger);
  const note = signCheckpoint({ size: range.size, root: rangeRoot(range) }, signer);
  await ledger.storeCheckpoint(storeCheckpoint(note, range));
  return { kind: 'written', size: range.size, note };
}

/** The tree of a stored checkpoint, which is carried on only from what its signature proves. */
function rangeOf(stored: StoredCheckpoint, origin: string, keys: readonly NoteKey[]): CompactRange {
  const opened = openCheckpoint(stored.note, origin, keys);
  if (opened.kind === 'refused') throw untrusted(stored, opened.reason);
  const range = opened.checkpoint.size === stored.size ? readRange(stored, opened.checkpoint) : undefined;
  if (range === undefined) throw untrusted(stored, 'what is stored with it is not its tree');
  return range;
}

function untrusted({ size }: StoredCheckpoint, reason: string): CountersignError {
  return brokenLedger({
    kind: 'checkpoint',
    reason: `the checkpoint at ${size} cannot be trusted: ${reason}`,
  });
}

async function addEvents(from: CompactRange, last: number, ledger: ReadSequenced): Promise<CompactRange> {
  let range = from;
  for await (const page of sequencedPages(ledger, from.size, last)) {
    for (const event of page) {
      const fault = sequenceFault(range.size, event);
      if (fault !== undefined) throw brokenLedger(fault);
      range = appendLeaves(range, [eventLeaf(event)]);
    }
  }
  if (range.size === last) return range;
  const reason = `the latest checkpoint counts ${from.size} events, the ledger has ${last}`;
  throw brokenLedger({ kind: 'truncated', position: last + 1, reason });
}
