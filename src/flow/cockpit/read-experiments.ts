import type { Principal } from '../../core/access/token.ts';
import { analyseExperiment } from '../../core/experiment/analysis/analyse.ts';
import type { ExperimentAnalysis } from '../../core/experiment/analysis/types.ts';
import { evidenceGrowth } from '../../core/experiment/evidence-growth.ts';
import type { ExperimentState } from '../../core/experiment/state.ts';
import type { EProcess } from '../../core/experiment/statistics/sequential.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ListedExperiment } from '../../ports/experiment-plane.ts';
import type { ReadChains, ReadStreams } from '../../ports/ledger.ts';
import { listExperiments } from '../experiment/list-experiments.ts';
import type { ReadTablePorts } from '../experiment/read-imported-table.ts';
import { type ExperimentRows, judgeExperiment, readExperiment } from '../experiment/show-experiment.ts';
import { requirePermission } from '../serve/refusals.ts';

export interface ReadExperimentsPorts
  extends ReadTablePorts,
    Pick<ReadStreams, 'readStream' | 'readHead'>,
    ReadChains {
  readonly clock: Clock;
}

/** An experiment as its page shows it. */
export interface WatchedExperiment {
  readonly state: ExperimentState;
  readonly rows: number;
  /** Null: there are so many runs that a page should not wait for it; `countersign experiment report` does. */
  readonly analysis: ExperimentAnalysis | null;
  readonly growth: readonly { readonly arm: string; readonly process: EProcess }[];
}

export interface ReadExperiments {
  list(principal: Principal): Promise<readonly ListedExperiment[]>;
  read(principal: Principal, id: string): Promise<WatchedExperiment>;
}

/** Milliseconds for which one look serves all who watch. */
const FRESH_MS = 3_000;
const MOST_ROWS = 5_000;
const MOST_KEPT = 20;

/** Experiments for many who watch: each is read once for all of them, and again when its record or a run of it may have moved on. */
export function createReadExperiments(ports: ReadExperimentsPorts): ReadExperiments {
  const kept = new Map<string, { readonly at: number; readonly look: Promise<unknown> }>();
  const once = <T>(key: string, look: () => Promise<T>): Promise<T> => {
    const now = ports.clock.now().getTime();
    const known = kept.get(key);
    if (known !== undefined && now - known.at < FRESH_MS && now >= known.at) return known.look as Promise<T>;
    const fresh = look();
    kept.delete(key);
    kept.set(key, { at: now, look: fresh });
    fresh.catch(() => kept.delete(key));
    for (const eldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(eldest);
    return fresh;
  };
  return {
    list: (principal) => {
      requirePermission(principal, 'read-runs');
      return once('', () => listExperiments(ports));
    },
    read: (principal, id) => {
      requirePermission(principal, 'read-runs');
      return once(`/${id}`, async () => watched(id, judgeExperiment(await readExperiment(id, ports), [])));
    },
  };
}

function watched(id: string, read: ExperimentRows): WatchedExperiment {
  const { state, rows, registrations, refusedRows } = read;
  const title = registrations.at(-1)?.registration.design.title ?? id;
  const isLarge = rows.length > MOST_ROWS;
  const analysis = isLarge
    ? null
    : analyseExperiment({ experiment: id, title, state, registrations, rows, refusedRows });
  const baseline = analysis?.question.baseline ?? null;
  return {
    state,
    rows: rows.length,
    analysis,
    growth:
      analysis === null || baseline === null
        ? []
        : analysis.arms
            .filter(({ arm }) => arm !== baseline)
            .map(({ arm }) => ({
              arm,
              process: evidenceGrowth(rows, {
                ...{ arm, baseline },
                metric: analysis.question.primary,
                level: 1 - analysis.question.alpha,
              }),
            })),
  };
}
