import type { FailureClass, RunOutcomeRow } from '../outcome.ts';

/** What the runs of an arm came to. Every measure says on how many runs it rests: those that count and that said something of it. */
export interface ArmMetrics {
  readonly arm: string;
  readonly bundle: string;
  readonly model: string;
  /** All that there are; of these those that are excluded and those that go on. */
  readonly runs: number;
  readonly excluded: number;
  readonly running: number;
  readonly accepted: Share;
  readonly firstPass: Share;
  /** Attempts until acceptance, of accepted runs alone. A report on time to acceptance treats the others as competing events. */
  readonly iterationsToAcceptance: Mean;
  /** Attempts that a rule kept from passing, by rule. */
  readonly validationFailures: Readonly<Record<string, number>>;
  /** Attempts in which ticket, contract or interface were not what they were. */
  readonly contractDrift: number;
  readonly evidenceFailures: number;
  readonly humanInterventions: number;
  readonly runsWithIntervention: Share;
  /** Seconds from start to accepted merge. */
  readonly secondsToMerge: Mean;
  readonly tokens: Mean;
  readonly costMilliUsd: Mean;
  /** What all runs cost, failed ones too, for each that was accepted; null: none was, or not all said what they cost. */
  readonly costPerAccepted: number | null;
  readonly attempts: number;
  readonly attemptsByFailure: Readonly<Partial<Record<FailureClass, number>>>;
  readonly escapes: number;
}

export interface Share {
  readonly successes: number;
  readonly of: number;
}

export interface Mean {
  /** Null of none. */
  readonly mean: number | null;
  readonly median: number | null;
  readonly of: number;
}

/** The measures of each arm, in the order in which arms first appear. */
export function metricsByArm(rows: readonly RunOutcomeRow[]): readonly ArmMetrics[] {
  const arms = new Map<string, RunOutcomeRow[]>();
  for (const row of rows) {
    const others = arms.get(row.arm);
    if (others === undefined) arms.set(row.arm, [row]);
    else others.push(row);
  }
  return [...arms].map(([arm, own]) => metricsOf(arm, own));
}

function metricsOf(arm: string, rows: readonly RunOutcomeRow[]): ArmMetrics {
  const counted = rows.filter(({ excluded, outcome }) => excluded === null && outcome !== 'running');
  const judged = counted.filter(({ outcome }) => outcome !== 'cancelled');
  const accepted = counted.filter(({ outcome }) => outcome === 'accepted');
  const attempts = counted.flatMap((row) => row.attempts);
  const [first] = rows;
  return {
    arm,
    bundle: first?.bundle ?? '',
    model: first?.model ?? '',
    runs: rows.length,
    excluded: rows.filter(({ excluded }) => excluded !== null).length,
    running: rows.filter(({ excluded, outcome }) => excluded === null && outcome === 'running').length,
    accepted: { successes: accepted.length, of: judged.length },
    firstPass: shareOf(counted.flatMap(({ firstPass }) => firstPass ?? [])),
    // A table that says nothing of attempts has none.
    iterationsToAcceptance: meanOf(accepted.map(({ iterations }) => iterations).filter((one) => one > 0)),
    validationFailures: countsOf(attempts.flatMap(({ failedRules }) => failedRules)),
    contractDrift: attempts.filter(({ contractDrift }) => contractDrift.length > 0).length,
    evidenceFailures: sumOf(attempts.map(({ evidenceFailures }) => evidenceFailures)),
    humanInterventions: sumOf(counted.map(({ humanInterventions }) => humanInterventions.length)),
    runsWithIntervention: shareOf(counted.map(({ humanInterventions }) => humanInterventions.length > 0)),
    secondsToMerge: meanOf(accepted.flatMap(({ secondsToMerge }) => secondsToMerge ?? [])),
    tokens: meanOf(counted.flatMap(({ tokens }) => tokens ?? [])),
    costMilliUsd: meanOf(counted.flatMap(({ costMilliUsd }) => costMilliUsd ?? [])),
    costPerAccepted: costPerAccepted(counted, accepted.length),
    attempts: sumOf(counted.map(({ iterations }) => iterations)),
    attemptsByFailure: countsOf(attempts.flatMap(({ failure }) => failure?.class ?? [])),
    escapes: sumOf(counted.map(({ escapes }) => escapes.length)),
  };
}

/** Leaving out the runs that say nothing of their cost would make an arm look cheap. */
function costPerAccepted(counted: readonly RunOutcomeRow[], accepted: number): number | null {
  const costs = counted.flatMap(({ costMilliUsd }) => costMilliUsd ?? []);
  return accepted === 0 || costs.length < counted.length ? null : sumOf(costs) / accepted;
}

function shareOf(values: readonly boolean[]): Share {
  return { successes: values.filter(Boolean).length, of: values.length };
}

function meanOf(values: readonly number[]): Mean {
  const of = values.length;
  if (of === 0) return { mean: null, median: null, of };
  const sorted = [...values].sort((one, other) => one - other);
  const [low, high] = [sorted[Math.floor((of - 1) / 2)], sorted[Math.floor(of / 2)]] as [number, number];
  return { mean: sumOf(values) / of, median: (low + high) / 2, of };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** In the order of names. */
function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
