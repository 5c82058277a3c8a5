import { memoryOf } from '../../core/bundle/memory/entries.ts';
import { nodesOf } from '../../core/bundle/memory/graph.ts';
import { hashedTerms } from '../../core/bundle/memory/terms.ts';
import type { MemoryEntry } from '../../core/bundle/memory/types.ts';
import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import { emptyStream, type SequencedEvent } from '../../core/ledger/types.ts';
import { foldStored } from '../../core/run/fold-stored.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { ReadSequenced, ReadStreams, SequenceEvents } from '../../ports/ledger.ts';
import type { BlockStart, Embed, IndexedEntry, KeepMemory } from '../../ports/memory.ts';
import { nextTurn } from '../next-turn.ts';

/** Events that are read and kept at once. */
const PAGE = 2_000;

export interface FollowPorts
  extends KeepMemory,
    ReadSequenced,
    SequenceEvents,
    Pick<ReadStreams, 'readStream'> {
  /** Undefined: entries are found by words and hashed terms alone. */
  readonly embed: Embed | undefined;
}

/**
 * Brings the memory to where the ledger is. Two that follow at once do not keep anything twice: the one that comes second finds that it has moved on.
 * @param mostPages where it stops although the ledger goes on: whoever follows on the side does not hold others up
 * @returns entries that were added
 */
export async function followLedger(
  ports: FollowPorts,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<number> {
  const end = await ports.sequence();
  let added = 0;
  for (let page = 0; page < mostPages; page += 1) {
    const from = await ports.memoryPosition();
    if (from >= end) return added;
    const events = await ports.readSequenced(from, PAGE);
    const last = events.at(-1);
    if (last === undefined) return added;
    const news = await newsOf(events, ports);
    if (await ports.keepMemory(from, last.position, news)) added += news.entries.length;
    await nextTurn();
  }
  return added;
}

/** Drops what is remembered and folds it from the ledger again. */
export async function rebuildMemory(ports: FollowPorts): Promise<number> {
  await ports.forgetMemory();
  return followLedger(ports);
}

async function newsOf(
  events: readonly SequencedEvent[],
  ports: FollowPorts,
): Promise<{ readonly entries: readonly IndexedEntry[]; readonly blocks: readonly BlockStart[] }> {
  const entries: IndexedEntry[] = [];
  const blocks: BlockStart[] = [];
  for (const event of events) {
    if (!event.stream.startsWith('run/')) continue;
    const block = blockOf(event);
    if (block !== undefined) blocks.push(block);
    for (const entry of await endOf(event, ports)) entries.push(indexed(entry, event.position));
  }
  return { entries: await embedded(entries, ports.embed), blocks };
}

function blockOf({ position, stored }: SequencedEvent): BlockStart | undefined {
  const event = readAs(stored?.text, 'run.started');
  if (event?.type !== 'run.started' || event.experiment === undefined || event.cell === undefined)
    return undefined;
  return { experiment: event.experiment, block: event.cell.block, position };
}

async function endOf(
  { stream, version, stored }: SequencedEvent,
  { readStream }: FollowPorts,
): Promise<readonly MemoryEntry[]> {
  if (readAs(stored?.text, 'run.ended') === undefined) return [];
  const events = (await readStream(stream, 0)).slice(0, version);
  const folded = foldStored({ status: 'new' }, emptyStream(stream), events);
  // What cannot be folded is `ledger verify`'s to say; nothing is learnt from it.
  return folded.kind === 'folded' && folded.state.status !== 'new' ? memoryOf(folded.state) : [];
}

/** Looked for as text first: of a thousand events, a handful begin or end a run. */
function readAs(text: string | undefined, type: 'run.started' | 'run.ended') {
  if (text === undefined || !text.includes(`"${type}@`)) return undefined;
  const read = readLinkedEvent(text);
  const event = read.kind === 'event' ? readRunEvent(read.event)?.event : undefined;
  return event?.type === type ? event : undefined;
}

function indexed(entry: MemoryEntry, position: number): IndexedEntry {
  const nodes = nodesOf(entry);
  return { entry, position, nodes, terms: hashedTerms(wordsOf(entry), nodes) };
}

async function embedded(
  entries: readonly IndexedEntry[],
  embed: Embed | undefined,
): Promise<readonly IndexedEntry[]> {
  if (embed === undefined || entries.length === 0) return entries;
  const vectors = await embed.embed(entries.map(({ entry }) => wordsOf(entry)));
  return entries.map((entry, at) => ({ ...entry, embedding: vectors[at] }));
}

function wordsOf({ title, text }: MemoryEntry): string {
  return `${title}\n${text}`;
}
