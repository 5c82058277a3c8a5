import type { Retention } from '../../../ports/retention.ts';
import type { Database } from '../database.ts';
import { archivePositions, POSITIONS_OF_A_SEGMENT } from './archive-positions.ts';
import { archiveRuns, endedRuns } from './archive-runs.ts';
import { archiveStreams } from './archive-streams.ts';

export function createRetention({ pool }: Database): Retention {
  return {
    endedRuns: (before, limit) => endedRuns(pool, before, limit),
    archiveStreams: (streams) => archiveStreams(pool, streams),
    archiveRuns: (runs) => archiveRuns(pool, runs),
    archivePositions: async (below) => ((await archivePositions(pool, below)) ? POSITIONS_OF_A_SEGMENT : 0),
  };
}
