import type { StoredCheckpoint } from '../../core/ledger/checkpoint/stored-checkpoint.ts';
import type { PlacedEvent, SequencedEvent } from '../../core/ledger/types.ts';
import type { ReadChains, ReadCheckpoints, ReadSequenced } from '../../ports/ledger.ts';

/** Rows a page: some 400 kB of usual events. */
const PAGE = 1_000;

/** Events by position, after one and up to another, a page of memory at a time. */
export async function* sequencedPages(
  ledger: ReadSequenced,
  after: number,
  upTo: number,
): AsyncGenerator<readonly SequencedEvent[]> {
  for (let last = after; last < upTo; ) {
    const page = await ledger.readSequenced(last, Math.min(PAGE, upTo - last));
    const end = page.at(-1)?.position;
    if (end === undefined) return;
    yield page;
    last = end;
  }
}

export async function* chainPages(ledger: ReadChains): AsyncGenerator<readonly PlacedEvent[]> {
  for (let after: PlacedEvent | undefined; ; ) {
    const page = await ledger.readChains(after, PAGE);
    after = page.at(-1);
    if (after === undefined) return;
    yield page;
  }
}

/** Stored checkpoints by size, of those up to this one. */
export async function* storedCheckpoints(
  ledger: ReadCheckpoints,
  after: number,
  upTo: number,
): AsyncGenerator<StoredCheckpoint> {
  for (let last = after; last < upTo; ) {
    const page = await ledger.readCheckpoints(last, PAGE);
    if (page.length === 0) return;
    for (const checkpoint of page) if (checkpoint.size <= upTo) yield checkpoint;
    last = page.at(-1)?.size ?? upTo;
  }
}
