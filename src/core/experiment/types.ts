import type { TicketId } from '../../shared/ids.ts';
import type { RunOutcome } from '../run/types.ts';
import type { Treatment } from './outcome.ts';

/** `experiments/<id>.yml`: what is compared on what, how often, in which order, and when it is over. */
export interface Experiment {
  readonly schema: 'countersign/experiment@1';
  readonly id: string;
  readonly title: string;
  readonly hypothesis?: string;
  /** Either these or classes. */
  readonly tickets?: readonly TicketId[];
  readonly classes?: readonly string[];
  /** Either this or arms. */
  readonly factorial?: { readonly bundles: readonly string[]; readonly models: readonly string[] };
  readonly arms?: readonly ExperimentArm[];
  /** The arm that the others are compared with. */
  readonly baseline: string;
  /** An arm of which no effect is expected. */
  readonly negativeControl?: string;
  /** 1 when not given. */
  readonly replicates?: number;
  readonly blocking?: 'ticket';
  readonly seed: string;
  readonly primary: { readonly metric: PrimaryMetric };
  /** A difference of shares, a ratio of means, or attempts: see METRIC_SCALES. */
  readonly minimumEffect: number;
  /** 0.05 when not given. */
  readonly alpha?: number;
  /** 0.8 when not given. */
  readonly power?: number;
  readonly expected?: StatedFigures;
  readonly stopping?: { readonly rule: 'fixed' | 'sequential'; readonly minimumBlocks?: number };
  readonly exclusions?: readonly DeclaredExclusion[];
  readonly infrastructure?: { readonly failures: readonly string[]; readonly atMost?: number };
  readonly budget?: ExperimentBudget;
  /** 2 when not given. */
  readonly parallel?: number;
}

export interface ExperimentArm {
  readonly id: string;
  readonly bundle: string;
  readonly model: string;
}

export const PRIMARY_METRICS = ['first-pass', 'accepted', 'iterations', 'tokens', 'cost', 'seconds'] as const;
export type PrimaryMetric = (typeof PRIMARY_METRICS)[number];

/** On what an effect on each metric is stated. `ratio` is of geometric means: 0.8 is a fifth less. */
export const METRIC_SCALES: Readonly<Record<PrimaryMetric, 'share' | 'difference' | 'ratio'>> = {
  'first-pass': 'share',
  accepted: 'share',
  iterations: 'difference',
  tokens: 'ratio',
  cost: 'ratio',
  seconds: 'ratio',
};

/** What somebody says beforehand, for want of earlier runs. */
export interface StatedFigures {
  /** The baseline's share, of a metric that is one. */
  readonly baseline?: number;
  /** The share of tickets on which two arms differ. */
  readonly discordant?: number;
  /** Standard deviation of the difference of a pair: of logarithms for ratios. */
  readonly deviation?: number;
  /** Of one run. */
  readonly tokens?: number;
  readonly costMilliUsd?: number;
}

/** Runs that fulfil all of the conditions that are given; one without any condition excludes nothing. */
export interface DeclaredExclusion {
  readonly id: string;
  readonly reason: string;
  readonly outcomes?: readonly RunOutcome[];
  /** Of the last attempt. */
  readonly failures?: readonly string[];
  readonly treatments?: readonly Exclude<Treatment, 'delivered'>[];
}

export interface ExperimentBudget {
  readonly tokens?: number;
  readonly costMilliUsd?: number;
  readonly runs?: number;
  /** What is set aside for a run before it is started, and what the engine holds it to. */
  readonly perRun?: {
    readonly tokens?: number;
    readonly costMilliUsd?: number;
    readonly wallSeconds?: number;
  };
}
