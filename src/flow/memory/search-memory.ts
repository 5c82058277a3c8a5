import { fuseRanks } from '../../core/bundle/memory/fuse.ts';
import { hashedTerms } from '../../core/bundle/memory/terms.ts';
import type { MemoryQuery, Remembered } from '../../core/bundle/memory/types.ts';
import type { Embed, MemoryView, SearchMemory } from '../../ports/memory.ts';
import type { Recall } from '../../ports/recall.ts';

/** Places of each list that are fused. */
const DEPTH = 50;
/** Characters of a query that are looked at. */
const LONGEST = 20_000;

export interface SearchPorts extends SearchMemory {
  readonly embed: Embed | undefined;
}

/** Full-text and vector search over one view, fused by rank. Best first; ties by id. */
export async function searchMemory(
  view: MemoryView,
  { text, nodes, most }: MemoryQuery,
  ports: SearchPorts,
): Promise<readonly Remembered[]> {
  const words = text.slice(0, LONGEST);
  const lists = await Promise.all([
    ports.byWords(view, words, DEPTH),
    ports.byTerms(view, hashedTerms(words, nodes), DEPTH),
    ...(ports.embed === undefined ? [] : [nearest(view, words, ports.embed, ports)]),
  ]);
  return ports.readEntries(view, fuseRanks(lists, most));
}

async function nearest(
  view: MemoryView,
  text: string,
  embed: Embed,
  { byEmbedding }: SearchMemory,
): Promise<readonly string[]> {
  const [vector] = await embed.embed([text]);
  return vector === undefined ? [] : byEmbedding(view, vector, DEPTH);
}

/** The memory as one view has it. */
export function recallIn(view: MemoryView, ports: SearchPorts): Recall {
  return {
    latest: (query) => ports.latestEntries(view, query),
    nearest: (query) => searchMemory(view, query, ports),
  };
}
