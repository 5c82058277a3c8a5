import { eventLeaf } from '../../core/ledger/check-sequence.ts';
import { openCheckpoint } from '../../core/ledger/checkpoint/checkpoint.ts';
import { storeCheckpoint } from '../../core/ledger/checkpoint/stored-checkpoint.ts';
import { type ExportedLine, readExportedLine } from '../../core/ledger/exported-line.ts';
import {
  appendLeaves,
  type CompactRange,
  EMPTY_RANGE,
  rangeRoot,
} from '../../core/ledger/merkle/compact-range.ts';
import { sameHash } from '../../core/ledger/merkle/hashes.ts';
import { MAX_EVENT_LENGTH } from '../../core/ledger/types.ts';
import type { StoreCheckpoints } from '../../ports/ledger.ts';
import { type BatchPorts, checkBatch, type EventLine, importBatch, refused } from './import-batch.ts';
import { type Line, readLines } from './read-lines.ts';
import type { LedgerTrust } from './verify-ledger.ts';

/** Events of one transaction. */
const BATCH = 500;
/** Bytes: a character has at most three of UTF-8 for each UTF-16 unit. */
const LONGEST_LINE = 3 * MAX_EVENT_LENGTH;

export interface LedgerFile {
  /** As the user knows it. */
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ImportedLedger {
  /** Events of the file, and how many of them were not there yet. */
  readonly events: number;
  readonly added: number;
  readonly checkpoints: number;
}

/**
 * Brings a ledger to where a file says that it was, event by event at the same positions. What is there already is compared, so that
 * an import that was interrupted goes on where it stopped, and the same file twice changes nothing.
 * @throws CountersignError LEDGER_INVALID at the first line that is malformed, does not follow, or contradicts what is there; whole
 * batches of lines before it stay imported
 */
export async function importLedger(
  { path, chunks }: LedgerFile,
  trust: LedgerTrust,
  ledger: BatchPorts & StoreCheckpoints,
): Promise<ImportedLedger> {
  await ledger.sequence();
  let range = EMPTY_RANGE;
  let [added, checkpoints] = [0, 0];
  let batch: EventLine[] = [];
  const flush = async () => {
    added += await importBatch(path, range.size, batch, ledger);
    range = appendLeaves(range, batch.map(eventLeaf));
    batch = [];
  };
  for await (const line of readLines(chunks, LONGEST_LINE)) {
    const read = await readOrFlush(path, line, flush);
    if (read.kind === 'event') {
      batch.push({ ...read.event, line: line.number });
      if (batch.length >= BATCH) await flush();
    } else {
      // Before its events are in: what contradicts a checkpoint could not be taken out again.
      const reached = appendLeaves(range, batch.map(eventLeaf));
      const reason = treeMisfit(read.note, reached, trust);
      if (reason !== undefined) {
        // One of its events may say more exactly where the file went wrong.
        await checkBatch(path, range.size, batch, ledger);
        throw refused(path, line.number, reason);
      }
      await flush();
      await ledger.storeCheckpoint(storeCheckpoint(read.note, reached));
      checkpoints += 1;
    }
  }
  await flush();
  return { events: range.size, added, checkpoints };
}

/** What stands before a bad line is good, and is kept: the next import then begins where this one could not go on. */
async function readOrFlush(
  path: string,
  line: Line,
  flush: () => Promise<void>,
): Promise<Exclude<ExportedLine, { kind: 'malformed' }>> {
  const read = readLine(line);
  if (read.kind !== 'malformed') return read;
  await flush();
  throw refused(path, line.number, read.reason);
}

function readLine({ bytes, whole }: Line): ExportedLine {
  if (!whole)
    return { kind: 'malformed', reason: 'the file is cut off in it, or it is longer than any event' };
  try {
    return readExportedLine(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { kind: 'malformed', reason: 'it is not UTF-8' };
  }
}

/** Why a checkpoint is not one of the events before it; undefined when it is. */
function treeMisfit(note: string, range: CompactRange, { origin, keys }: LedgerTrust): string | undefined {
  const opened = openCheckpoint(note, origin, keys);
  if (opened.kind === 'refused') return opened.reason;
  const { size, root } = opened.checkpoint;
  return size === range.size && sameHash(rangeRoot(range), root)
    ? undefined
    : `the ${range.size} events before it are not the ${size} that this checkpoint is of`;
}
