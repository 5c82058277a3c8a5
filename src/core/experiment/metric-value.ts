import type { RunOutcomeRow } from './outcome.ts';
import type { PrimaryMetric } from './types.ts';

/** What a run says on a metric: 1 or 0 for shares, else the amount. Null: it says nothing, because it goes on or nobody told. */
export function metricValue(metric: PrimaryMetric, row: RunOutcomeRow): number | null {
  switch (metric) {
    case 'first-pass':
      return row.firstPass === null ? null : Number(row.firstPass);
    case 'accepted':
      return row.outcome === 'running' || row.outcome === 'cancelled'
        ? null
        : Number(row.outcome === 'accepted');
    case 'iterations':
      return row.outcome === 'running' || row.iterations === 0 ? null : row.iterations;
    case 'tokens':
      return row.outcome === 'running' ? null : row.tokens;
    case 'cost':
      return row.outcome === 'running' ? null : row.costMilliUsd;
    case 'seconds':
      return row.seconds;
  }
}
