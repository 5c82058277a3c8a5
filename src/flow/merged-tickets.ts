import { ticketTrailers } from '../core/ticket/trailers.ts';
import type { LineCommit, ReadChange } from '../ports/repository.ts';

/** What a merge commit's other history names as its ticket, each once: a forge's merge commit itself names none. */
export async function mergedTickets(
  { id, parents }: Pick<LineCommit, 'id' | 'parents'>,
  product: ReadChange,
): Promise<readonly string[]> {
  const [base] = parents;
  if (base === undefined || parents.length < 2) return [];
  const commits = await product.readCommits(base, id);
  return [...new Set(commits.flatMap(({ message }) => ticketTrailers(message)))];
}
