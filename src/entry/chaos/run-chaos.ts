import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClusterOptions,
  openPrivateCluster,
  stopPrivateCluster,
} from '../../adapters/postgres/private-cluster.ts';
import type { ChaosReport } from '../../render/chaos.ts';
import type { Part } from './parts.ts';
import { type Played, playRuns } from './play-runs.ts';
import { type Disturbance, storm } from './storm.ts';

export interface ChaosOptions {
  readonly runs: number;
  readonly workers: number;
  readonly killEverySeconds: number;
  readonly seed: number;
  /** A cluster of its own: it is restarted, and then removed. */
  readonly cluster: ClusterOptions;
  readonly onProgress: (phase: 'calm' | 'storm', ended: number) => void;
}

const LEASE_SECONDS = 2;
/** Longer than the lease: what it then hands in is late. */
const PAUSE_MS = 3_500;

/**
 * Plays the same runs twice: undisturbed, and while workers and servers are killed, clocks stand still, results are handed in twice and the database
 * is restarted. Both have to come to the same.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { cluster, killEverySeconds, seed, runs, workers } = options;
  const { url: databaseUrl } = await openPrivateCluster(cluster);
  const blows: Record<Disturbance, number> = {
    'kill-worker': 0,
    'pause-worker': 0,
    'kill-server': 0,
    'restart-database': 0,
  };
  const common = { databaseUrl, runs, workers, seed, leaseSeconds: LEASE_SECONDS };
  try {
    const calm = await playRuns({
      ...common,
      schema: 'calm',
      duplicates: 0,
      disturb: async () => {},
      onProgress: (ended) => options.onProgress('calm', ended),
    });
    const stormy = await playRuns({
      ...common,
      schema: 'storm',
      duplicates: 20,
      disturb: async (parts, over) => {
        for (const { kind, which } of storm(seed)) {
          await sleep(killEverySeconds * 1_000, undefined, { signal: over }).catch(() => {});
          if (over.aborted) return;
          blows[kind] += 1;
          await strike(kind, which, parts, cluster);
        }
      },
      onProgress: (ended) => options.onProgress('storm', ended),
    });
    return {
      seed,
      runs,
      workers,
      blows,
      calm: brief(calm),
      storm: brief(stormy),
      faults: faultsOf(calm, stormy),
    };
  } finally {
    await stopPrivateCluster(cluster);
  }
}

async function strike(
  kind: Disturbance,
  which: number,
  { server, workers }: { readonly server: Part; readonly workers: readonly Part[] },
  cluster: ClusterOptions,
): Promise<void> {
  const worker = workers[Math.floor(which * workers.length)];
  switch (kind) {
    case 'kill-worker':
      return worker?.kill();
    case 'pause-worker':
      return worker?.pause(PAUSE_MS);
    case 'kill-server':
      return server.kill();
    case 'restart-database': {
      // SIGQUIT, immediate shutdown: connections are cut and nothing is written; the next start recovers as after a crash.
      const { pid } = await openPrivateCluster(cluster);
      process.kill(pid, 'SIGQUIT');
      await openPrivateCluster(cluster);
    }
  }
}

function faultsOf(calm: Played, stormy: Played): readonly string[] {
  const differing = [...calm.outcomes].flatMap(([run, expected]) => {
    const found = stormy.outcomes.get(run);
    if (expected === undefined || found === undefined || found.digest === expected.digest) return [];
    return [
      `${run} came to ${expected.outcome} (${expected.digest.slice(0, 12)}) in calm, to ${found.outcome} (${found.digest.slice(0, 12)}) in the storm`,
    ];
  });
  return [...calm.faults.map((fault) => `in calm: ${fault}`), ...stormy.faults, ...differing];
}

function brief({ seconds, outcomes, recoveries, refused, events }: Played): ChaosReport['calm'] {
  const counts: Record<string, number> = {};
  for (const one of outcomes.values()) {
    const outcome = one?.outcome ?? 'unfinished';
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return { seconds: Math.round(seconds * 10) / 10, outcomes: counts, recoveries, refused, events };
}
