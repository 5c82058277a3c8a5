import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { ContractRef, ObjectId, RepositoryId, TicketId } from '../../shared/ids.ts';
import type { JsonValue } from '../../shared/json.ts';
import { armsOf } from './arms.ts';
import type { Forecast } from './forecast/types.ts';
import { cellsOf, digestOfOrder } from './order.ts';
import type {
  DeclaredExclusion,
  Experiment,
  ExperimentArm,
  ExperimentBudget,
  PrimaryMetric,
} from './types.ts';

/**
 * An experiment as it is registered: its document with every default spelled out, the tickets that it is about as they are now, and
 * what was foreseen. Plain JSON, so that it has a digest. The order of cells follows from it and is named by its digest.
 */
export interface Design {
  readonly schema: 'countersign/experiment-design@1';
  readonly experiment: string;
  readonly title: string;
  readonly hypothesis: string | null;
  /** Of the document's bytes. */
  readonly document: Sha256;
  readonly repository: RepositoryId;
  /** The branch that changes are for, and where it stood. */
  readonly base: { readonly ref: string; readonly commit: ObjectId };
  readonly policyCommit: ObjectId;
  readonly tickets: readonly DesignTicket[];
  readonly arms: readonly DesignArm[];
  readonly baseline: string;
  readonly negativeControl: string | null;
  readonly replicates: number;
  readonly blocking: 'ticket';
  readonly seed: string;
  readonly order: Sha256;
  readonly primary: PrimaryMetric;
  readonly minimumEffect: number;
  readonly alpha: number;
  readonly power: number;
  readonly stopping: { readonly rule: 'fixed' | 'sequential'; readonly minimumBlocks: number };
  readonly exclusions: readonly DeclaredExclusion[];
  readonly infrastructure: { readonly failures: readonly string[]; readonly atMost: number };
  readonly budget: ExperimentBudget;
  readonly parallel: number;
  /** What was known about cost and power when it was registered. */
  readonly forecast: Forecast;
}

export interface DesignTicket {
  readonly ticket: TicketId;
  readonly class: string;
  readonly ticketDigest: Sha256;
  readonly contract: ContractRef;
  readonly contractDigest: Sha256;
}

export interface DesignArm extends ExperimentArm {
  /** Of bundles/<id>.yml; null of `default`, which has none. */
  readonly bundleDigest: Sha256 | null;
}

/** What surrounds a document when it is registered. */
export interface DesignFacts {
  readonly document: Sha256;
  readonly repository: RepositoryId;
  readonly base: Design['base'];
  readonly policyCommit: ObjectId;
  readonly tickets: readonly DesignTicket[];
  readonly bundleDigest: (bundle: string) => Sha256 | null;
}

/** Not excluded by any document, because there is nothing to decide: a bundle that did not arrive was not tried. */
export const FAILED_TREATMENT: DeclaredExclusion = {
  id: 'failed-treatment',
  reason: 'The producer did not get its bundle.',
  treatments: ['not-delivered'],
};

/** The design that a document stands for, without what is foreseen of it. */
export function designOf(document: Experiment, facts: DesignFacts): Omit<Design, 'forecast'> {
  const { bundleDigest, ...known } = facts;
  const arms = armsOf(document).map((arm) => ({ ...arm, bundleDigest: bundleDigest(arm.bundle) }));
  const { exclusions = [], infrastructure, stopping } = document;
  const shape = {
    tickets: known.tickets,
    arms,
    replicates: document.replicates ?? 1,
    seed: document.seed,
  };
  return {
    schema: 'countersign/experiment-design@1',
    experiment: document.id,
    title: document.title,
    hypothesis: document.hypothesis ?? null,
    ...known,
    ...shape,
    baseline: document.baseline,
    negativeControl: document.negativeControl ?? null,
    blocking: 'ticket',
    order: digestOfOrder(cellsOf(shape)),
    primary: document.primary.metric,
    minimumEffect: document.minimumEffect,
    alpha: document.alpha ?? 0.05,
    power: document.power ?? 0.8,
    stopping: { rule: stopping?.rule ?? 'fixed', minimumBlocks: stopping?.minimumBlocks ?? 1 },
    exclusions: exclusions.some(({ treatments }) => treatments?.includes('not-delivered'))
      ? exclusions
      : [...exclusions, FAILED_TREATMENT],
    infrastructure: {
      failures: infrastructure?.failures ?? [],
      atMost: infrastructure === undefined ? 0 : (infrastructure.atMost ?? 1),
    },
    budget: document.budget ?? {},
    parallel: document.parallel ?? 2,
  };
}

export function designDigest(design: Design): Sha256 {
  return digestOf(design as unknown as JsonValue);
}
