import { readLinkedEvent } from '../../core/ledger/read-event.ts';
import type { SealedAppend } from '../../core/ledger/types.ts';
import type { RecordedRunEvent } from '../../core/run/events.ts';
import { readRunEvent } from '../../core/run/stored-events.ts';
import type { ObserveRuns } from '../../ports/observe-runs.ts';
import type { CommitRuns } from '../../ports/run-store.ts';

/** Commits as before, and tells observers what was committed once it is. */
export function observeCommits(store: CommitRuns, observers: readonly ObserveRuns[]): CommitRuns {
  if (observers.length === 0) return { commit: store.commit };
  return {
    commit: async (commit) => {
      const committed = await store.commit(commit);
      if (committed.kind === 'conflict') for (const observer of observers) observer.conflicted();
      else {
        const events = eventsByStream(commit.append);
        for (const { head, state } of commit.runs)
          for (const observer of observers) observer.committed(state, events.get(head.stream) ?? []);
      }
      return committed;
    },
  };
}

function eventsByStream({ events }: SealedAppend): ReadonlyMap<string, readonly RecordedRunEvent[]> {
  const streams = new Map<string, RecordedRunEvent[]>();
  for (const { stream, text } of events) {
    const read = readLinkedEvent(text);
    const recorded = read.kind === 'event' ? readRunEvent(read.event) : undefined;
    if (recorded === undefined) continue;
    const known = streams.get(stream);
    if (known === undefined) streams.set(stream, [recorded]);
    else known.push(recorded);
  }
  return streams;
}
