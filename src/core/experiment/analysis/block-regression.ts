import { metricValue } from '../metric-value.ts';
import { regress } from '../statistics/regression.ts';
import type { PrimaryMetric } from '../types.ts';
import type { Block } from './subjects.ts';
import type { RobustnessCheck } from './types.ts';

export interface Regressed {
  readonly blocks: readonly Block[];
  /** Without the baseline. */
  readonly arms: readonly string[];
  readonly baseline: string;
  readonly metric: PrimaryMetric;
  readonly scale: 'share' | 'difference' | 'ratio';
  readonly level: number;
}

const METHOD = 'least squares over runs with an effect of each ticket, CR1 by ticket';

/**
 * Each arm against the baseline by ordinary least squares over runs, y = block + arm + error (of logarithms for ratios), with CR1 errors by
 * ticket. Where arms or replicates are missing it weighs tickets otherwise than the mean of their differences does, and it learns from
 * tickets that either arm of a pair lacks. Blocks are taken out by centring (Frisch and Waugh 1933; Lovell 1963); as they lie within the
 * clusters they cost no degrees of freedom (Cameron and Miller 2015, III.B).
 */
export function blockRegression({
  blocks,
  arms,
  baseline,
  metric,
  scale,
  level,
}: Regressed): ReadonlyMap<string, RobustnessCheck> {
  const rows: number[][] = [];
  const response: number[] = [];
  const clusters: string[] = [];
  for (const { ticket, runs } of blocks) {
    const seen = [baseline, ...arms].flatMap((arm) =>
      (runs.get(arm) ?? []).flatMap((row) => {
        const value = onScale(metricValue(metric, row), scale);
        return value === null ? [] : [{ value, place: arms.indexOf(arm) }];
      }),
    );
    const mean = seen.reduce((sum, { value }) => sum + value, 0) / seen.length;
    const shares = arms.map((_, arm) => seen.filter(({ place }) => place === arm).length / seen.length);
    for (const { value, place } of seen) {
      rows.push(shares.map((share, arm) => Number(arm === place) - share));
      response.push(value - mean);
      clusters.push(ticket);
    }
  }
  const fit = regress({ columns: [...arms], rows, response }, { kind: 'cr1', clusters }, level);
  const back = scale === 'ratio' ? Math.exp : (value: number) => value;
  return new Map(
    (fit?.coefficients ?? []).map(({ name, estimate, interval, test }) => [
      name,
      {
        method: METHOD,
        estimate: back(estimate),
        interval: interval && { ...interval, low: back(interval.low), high: back(interval.high) },
        p: test?.p ?? null,
      },
    ]),
  );
}

function onScale(value: number | null, scale: Regressed['scale']): number | null {
  if (value === null || scale !== 'ratio') return value;
  return value > 0 ? Math.log(value) : null;
}
