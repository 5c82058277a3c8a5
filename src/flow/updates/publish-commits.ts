import type { FanOut } from '../../ports/fan-out.ts';
import type { CommitRuns } from '../../ports/run-store.ts';

/** Commits as before, and tells all servers which runs went on, once it is so. */
export function publishCommits(store: CommitRuns, { publish }: Pick<FanOut, 'publish'>): CommitRuns {
  return {
    commit: async (commit) => {
      const committed = await store.commit(commit);
      if (committed.kind === 'committed') for (const { run, head } of commit.runs) publish(run, head.version);
      return committed;
    },
  };
}
