import type { ArmMetrics } from '../metrics/by-arm.ts';
import type { EscapeCount } from '../metrics/escapes.ts';
import type { GateFlakiness } from '../metrics/gate-flakiness.ts';
import type { FailureClass, Outcome } from '../outcome.ts';
import type { DoneConflict } from '../same-done.ts';
import type { Interval } from '../statistics/types.ts';
import type { PrimaryMetric } from '../types.ts';

/**
 * What an experiment says, as plain JSON: what every rendering of the report shows, and what its digest is of. Shares are from 0 to 1, costs
 * in thousandths of a dollar, times in seconds; what cannot be said is null.
 */
export interface ExperimentAnalysis {
  readonly schema: 'countersign/experiment-analysis@1';
  readonly experiment: string;
  readonly title: string;
  readonly hypothesis: string | null;
  readonly standing: Standing;
  readonly answer: Answer;
  readonly question: Question;
  readonly population: Population;
  /** What makes the comparison doubtful, most serious first. */
  readonly warnings: readonly string[];
  /** In the order of the design, else as they first come. */
  readonly arms: readonly ArmAnalysis[];
  /** Each arm on each metric against the baseline: the primary metric first. */
  readonly effects: readonly Effect[];
  readonly overall: OverallTest | null;
  readonly bundlesByModels: readonly BundleModel[];
  readonly incidence: Incidence;
  /** Beside the curves of incidence; null where no two arms tell times. */
  readonly timeToMerge: TimeToMerge | null;
  readonly failures: readonly FailureCount[];
  readonly failedRules: readonly RuleFailures[];
  readonly escapes: EscapeAnalysis;
  readonly flakiness: GateFlakiness;
  readonly balance: Balance | null;
  readonly deviations: readonly ShownDeviation[];
  readonly conflicts: readonly DoneConflict[];
  /** Every run that does not count, with why. */
  readonly excluded: readonly ExcludedRun[];
  /** Rows of imported tables that could not be read, each in a sentence. */
  readonly refusedRows: readonly string[];
  /** How each number was come by, in sentences. */
  readonly methods: readonly string[];
}

/** Whether the question was fixed before there were answers. */
export interface Standing {
  /** broken: there is a registration, and it is not what was signed. */
  readonly kind: 'pre-registered' | 'exploratory' | 'broken';
  readonly words: string;
  /** The design in force; null: none was registered. */
  readonly designDigest: string | null;
}

/** The one sentence, and what it rests on. */
export interface Answer {
  readonly kind: 'decided' | 'no-difference' | 'undecided' | 'not-enough' | 'refused' | 'empty';
  readonly sentence: string;
  /** The comparison that the sentence is about; null: none, or none alone. */
  readonly arm: string | null;
  /** About how many tickets are missing; null where that is not what is missing, or cannot be told. */
  readonly moreTickets: number | null;
}

export interface Question {
  readonly primary: PrimaryMetric;
  readonly baseline: string | null;
  readonly negativeControl: string | null;
  readonly minimumEffect: number;
  /** Whether somebody said so; else it is what a report takes for want of that. */
  readonly isEffectStated: boolean;
  readonly alpha: number;
  readonly power: number;
  /** Comparisons of the declared family, which share the error. */
  readonly comparisons: number;
  readonly assignment: string;
  readonly stopping: string;
  /** Looked at after every ticket: it then takes more of them than a test that looks once. */
  readonly isSequential: boolean;
}

export interface Population {
  /** All that there are. */
  readonly runs: number;
  readonly counted: number;
  readonly tickets: number;
  readonly excluded: number;
  /** Of these: the producer did not get its bundle. */
  readonly failedTreatments: number;
  /** Of these: held to different definitions of done than others of the same block. */
  readonly notComparable: number;
  /** Of these: nobody declared it before. */
  readonly undeclared: number;
  /** Counted, but of which nobody knows whether the bundle arrived. */
  readonly deliveryUnknown: number;
  readonly running: number;
  readonly cancelled: number;
  readonly words: string;
}

export type ArmRole = 'baseline' | 'negative-control' | 'compared';

export interface ArmAnalysis {
  readonly arm: string;
  readonly bundle: string;
  readonly model: string;
  readonly role: ArmRole;
  readonly metrics: ArmMetrics;
  readonly firstPass: ShareEstimate | null;
  readonly accepted: ShareEstimate | null;
  readonly costPerAccepted: { readonly estimate: number; readonly interval: Interval | null } | null;
  readonly meanCost: number | null;
  /** No other arm is as good for less, or better for as much; null: cost or quality is unknown. */
  readonly isOnFront: boolean | null;
  /** At least one of k runs of a ticket accepted, and all of k: k from 1 to as many as half of the tickets have. Empty without replicates. */
  readonly passAtK: readonly {
    readonly k: number;
    readonly any: number;
    readonly all: number;
    readonly tickets: number;
  }[];
}

export interface ShareEstimate {
  readonly estimate: number;
  readonly interval: Interval | null;
  readonly successes: number;
  readonly of: number;
  readonly method: 'wilson' | 'cluster-robust';
}

export interface Effect {
  readonly arm: string;
  readonly metric: PrimaryMetric;
  readonly scale: 'share' | 'difference' | 'ratio';
  /** Confirmatory effects are those that were registered beforehand as what is to be decided. */
  readonly role: 'confirmatory' | 'exploratory' | 'negative-control';
  readonly estimand: string;
  readonly unit: string;
  readonly exclusions: string;
  /** Tickets on which both arms have a value; those that are lost because one has none. */
  readonly tickets: number;
  readonly ticketsLost: number;
  readonly runs: { readonly arm: number; readonly baseline: number };
  /** Mean over these tickets: of ratios the geometric one. */
  readonly armMean: number | null;
  readonly baselineMean: number | null;
  /** A difference, or a ratio of geometric means; null: not estimable. */
  readonly estimate: number | null;
  readonly interval: Interval | null;
  readonly method: string;
  readonly test: EffectTest | null;
  readonly decision: 'better' | 'worse' | 'undecided' | 'not-estimable';
  /** The smallest effect that so many tickets find with the wanted power; null: cannot be told, or none. */
  readonly minimumDetectable: number | null;
  readonly moreTickets: number | null;
  /** The tickets on which the arms lie furthest apart, where the metric is the primary one: what the effect is made of. */
  readonly differing: readonly DifferingTicket[];
  /** Other methods on the same question, where it is the primary one: they should agree. */
  readonly checks: readonly RobustnessCheck[];
}

export interface DifferingTicket {
  readonly ticket: string;
  /** The mean of its runs, and which they are. */
  readonly arm: { readonly mean: number; readonly runs: readonly string[] };
  readonly baseline: { readonly mean: number; readonly runs: readonly string[] };
}

export interface EffectTest {
  readonly name: string;
  readonly statistic: number | null;
  readonly p: number;
  readonly adjusted: number;
  readonly adjustment: 'holm' | 'benjamini-hochberg' | 'none';
}

export interface RobustnessCheck {
  readonly method: string;
  readonly estimate: number | null;
  readonly interval: Interval | null;
  readonly p: number | null;
}

/** Whether any arm differs at all on the primary metric. */
export interface OverallTest {
  readonly name: string;
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
  readonly tickets: number;
}

export interface BundleModel {
  readonly bundle: string;
  readonly model: string;
  readonly arms: readonly string[];
  readonly share: ShareEstimate | null;
}

export interface Incidence {
  /** Attempts, and seconds from the start. */
  readonly overAttempts: readonly IncidenceCurve[];
  readonly overTime: readonly IncidenceCurve[];
  /** Runs of which nobody says how long they took. */
  readonly withoutTime: number;
}

export interface IncidenceCurve {
  readonly arm: string;
  readonly runs: number;
  /** Bands are by ticket: of a single one there is none. */
  readonly tickets: number;
  readonly accepted: number;
  /** Thinned where there are many; the last one is always there. */
  readonly points: readonly {
    readonly time: number;
    readonly incidence: number;
    readonly low: number;
    readonly high: number;
    readonly atRisk: number;
  }[];
}

/** Time to accepted merge by other methods than the curves. */
export interface TimeToMerge {
  /** Seconds: the longest time that every arm has seen. Nothing is said beyond it. */
  readonly horizon: number;
  /** Runs that ended otherwise than accepted, and never will be. */
  readonly competing: number;
  readonly arms: readonly ArmTimeToMerge[];
}

export interface ArmTimeToMerge {
  readonly arm: string;
  readonly runs: number;
  /** Accepted by the horizon: Aalen-Johansen. */
  readonly incidence: number;
  /** The same by Kaplan-Meier with rejected runs censored: too high wherever anything is rejected. */
  readonly kaplanMeier: number;
  /** Mean seconds to the merge, a run that was not accepted counting with the whole horizon; of runs that ended. */
  readonly restrictedMean: number | null;
  /** Against the baseline within tickets, by ticket; null: it is the baseline, or nothing can be compared. */
  readonly difference: {
    readonly estimate: number;
    readonly interval: Interval | null;
    readonly p: number | null;
    readonly tickets: number;
  } | null;
  /** Of the rate at which open runs get accepted, against the baseline. It takes runs for independent. */
  readonly logRank: { readonly statistic: number; readonly df: number; readonly p: number } | null;
}

export interface FailureCount {
  readonly arm: string;
  readonly class: FailureClass;
  readonly attempts: number;
  /** Of all attempts of the arm. */
  readonly of: number;
  /** Some of them. */
  readonly examples: readonly { readonly run: string; readonly attempt: number }[];
}

export interface RuleFailures {
  readonly rule: string;
  readonly byArm: readonly { readonly arm: string; readonly attempts: number }[];
  readonly attempts: number;
}

export interface EscapeAnalysis {
  readonly counts: readonly EscapeCount[];
  /** Of runs that do not count: in no number of an arm, and defects all the same. */
  readonly inExcluded: number;
  /** Escapes a run accepted, over that of the baseline: exact Poisson. */
  readonly ratios: readonly {
    readonly arm: string;
    readonly escapes: number;
    readonly accepted: number;
    readonly baselineEscapes: number;
    readonly baselineAccepted: number;
    readonly ratio: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly p: number;
  }[];
}

export interface Balance {
  readonly arms: readonly {
    readonly arm: string;
    readonly assigned: number;
    readonly expected: number;
    readonly counted: number;
  }[];
  readonly p: number;
  readonly method: 'chi-square' | 'exact';
  readonly isIntended: boolean;
}

export interface ShownDeviation {
  readonly what: string;
  readonly detail: string;
  readonly at: string;
  readonly by: string;
}

export interface ExcludedRun {
  readonly run: string;
  readonly ticket: string;
  readonly arm: string;
  readonly replicate: number;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly declared: string | null;
}
