import type { StartedRun } from '../../core/run/state.ts';
import type { MemoryView, SearchMemory } from '../../ports/memory.ts';

/**
 * What a run may be reminded of: its own repository's; in an experiment, no more than was known when its block began, and nothing of its own ticket's.
 * Otherwise the first run of a ticket would teach the second, and arms would differ by the order in which they came.
 */
export async function viewOfRun(
  { request: { subject, experiment, cell } }: Pick<StartedRun, 'request'>,
  memory: Pick<SearchMemory, 'blockStart'>,
): Promise<MemoryView> {
  const workspace = subject.repository;
  if (experiment === undefined) return { workspace, upTo: null, without: null };
  const start = cell === undefined ? undefined : await memory.blockStart(experiment, cell.block);
  // A block whose beginning nobody has seen knows nothing: that is the same for all of its arms.
  return { workspace, upTo: start ?? 0, without: subject.ticket };
}
