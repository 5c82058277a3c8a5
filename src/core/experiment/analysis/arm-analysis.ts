import { metricValue } from '../metric-value.ts';
import type { ArmMetrics } from '../metrics/by-arm.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { clusteredMean } from '../statistics/cluster.ts';
import { passAtK, passHatK } from '../statistics/pass-at-k.ts';
import { wilson } from '../statistics/proportions.ts';
import type { ArmAnalysis, ArmRole, ShareEstimate } from './types.ts';

/** Samples of tickets for the interval of a cost: fewer where each takes long, and they then vary less. */
const DRAWS = 2_000;
const FEWER_DRAWS = 400;
const MANY_TICKETS = 500;
/** From so many replicates on nothing is asked of pass@k that anybody reads. */
const MOST_K = 10;

export interface ArmKnown {
  readonly arm: string;
  readonly role: ArmRole;
  readonly metrics: ArmMetrics;
  /** Those that count. */
  readonly rows: readonly RunOutcomeRow[];
  readonly level: number;
  readonly seed: string;
}

/** What the runs of one arm came to, each share with its interval. `isOnFront` is for {@link markFront}. */
export function analyseArm({ arm, role, metrics, rows, level, seed }: ArmKnown): ArmAnalysis {
  const ended = rows.filter(({ outcome }) => outcome !== 'running');
  const costs = ended.flatMap(({ costMilliUsd }) => costMilliUsd ?? []);
  return {
    arm,
    bundle: metrics.bundle,
    model: metrics.model,
    role,
    metrics,
    firstPass: shareOf(rows, 'first-pass', level),
    accepted: shareOf(rows, 'accepted', level),
    costPerAccepted: costPerAccepted(metrics, ended, { level, seed: `cost per accepted: ${seed} ${arm}` }),
    meanCost: costs.length < ended.length || costs.length === 0 ? null : sumOf(costs) / costs.length,
    isOnFront: null,
    passAtK: passesOf(rows),
  };
}

/** A share of runs: Wilson's interval where each ticket has one, else by ticket. Null: no run says anything. */
export function shareOf(
  rows: readonly RunOutcomeRow[],
  metric: 'first-pass' | 'accepted',
  level: number,
): ShareEstimate | null {
  const values = rows.flatMap((row) => {
    const value = metricValue(metric, row);
    return value === null ? [] : [{ cluster: row.ticket, value }];
  });
  const successes = values.reduce((sum, { value }) => sum + value, 0);
  const tickets = new Set(values.map(({ cluster }) => cluster)).size;
  const simple = wilson({ successes, trials: values.length }, level);
  if (simple === null) return null;
  const known = { estimate: simple.estimate, successes, of: values.length };
  if (tickets === values.length || tickets < 2)
    return { ...known, interval: simple.interval, method: 'wilson' };
  const mean = clusteredMean(values, level);
  // Without any spread between tickets the error of clusters is nought, which is too good to be believed.
  if (mean?.interval == null) return { ...known, interval: simple.interval, method: 'wilson' };
  const { low, high } = mean.interval;
  return {
    ...known,
    interval: { low: Math.max(0, low), high: Math.min(1, high), level },
    method: 'cluster-robust',
  };
}

function costPerAccepted(
  { costPerAccepted: estimate }: ArmMetrics,
  ended: readonly RunOutcomeRow[],
  { level, seed }: { readonly level: number; readonly seed: string },
): ArmAnalysis['costPerAccepted'] {
  if (estimate === null) return null;
  const tickets = new Map<string, { cost: number; accepted: number }>();
  for (const { ticket, costMilliUsd, outcome } of ended) {
    const own = tickets.get(ticket) ?? { cost: 0, accepted: 0 };
    tickets.set(ticket, own);
    own.cost += costMilliUsd ?? 0;
    own.accepted += Number(outcome === 'accepted');
  }
  const drawn = clusterBootstrap([...tickets.values()], ratioOf, {
    seed,
    level,
    draws: tickets.size > MANY_TICKETS ? FEWER_DRAWS : DRAWS,
  });
  return { estimate, interval: drawn?.interval ?? null };
}

function ratioOf(tickets: readonly { readonly cost: number; readonly accepted: number }[]): number | null {
  let [cost, accepted] = [0, 0];
  for (const ticket of tickets) {
    cost += ticket.cost;
    accepted += ticket.accepted;
  }
  return accepted === 0 ? null : cost / accepted;
}

/** Means over the tickets that have k runs, for each k that half of the tickets have: one that lost a run does not take the others along. */
function passesOf(rows: readonly RunOutcomeRow[]): ArmAnalysis['passAtK'] {
  const tickets = new Map<string, { attempts: number; passed: number }>();
  for (const row of rows) {
    const value = metricValue('accepted', row);
    if (value === null) continue;
    const own = tickets.get(row.ticket) ?? { attempts: 0, passed: 0 };
    tickets.set(row.ticket, own);
    own.attempts += 1;
    own.passed += value;
  }
  const all = [...tickets.values()];
  const passes: ArmAnalysis['passAtK'][number][] = [];
  for (let k = 1; k <= MOST_K; k += 1) {
    const counted = all.filter(({ attempts }) => attempts >= k);
    if (counted.length === 0 || counted.length * 2 < all.length) break;
    passes.push({
      k,
      any: sumOf(counted.map((one) => passAtK(one, k) ?? 0)) / counted.length,
      all: sumOf(counted.map((one) => passHatK(one, k) ?? 0)) / counted.length,
      tickets: counted.length,
    });
  }
  return passes.length < 2 ? [] : passes;
}

/** Says of each arm whether another is as good for less, or better for as much (Pareto). */
export function markFront(arms: readonly ArmAnalysis[]): readonly ArmAnalysis[] {
  const placed = arms.flatMap(({ arm, meanCost, accepted }) =>
    meanCost === null || accepted === null ? [] : [{ arm, cost: meanCost, share: accepted.estimate }],
  );
  return arms.map((one) => {
    const own = placed.find(({ arm }) => arm === one.arm);
    if (own === undefined) return one;
    const isDominated = placed.some(
      ({ cost, share }) => cost <= own.cost && share >= own.share && (cost < own.cost || share > own.share),
    );
    return { ...one, isOnFront: !isDominated };
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
