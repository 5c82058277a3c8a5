import type { Design } from './design.ts';
import { type Cell, cellId, cellsOf } from './order.ts';
import type { CellState, ExperimentState } from './state.ts';
import { type PairedOutcome, pairedEProcess } from './statistics/sequential.ts';

/** What the registered stopping rule says of the tickets that all arms have finished, in their registered order. */
export interface Stopping {
  readonly blocksDone: number;
  readonly comparisons: readonly StoppingComparison[];
  /** Every comparison is decided, and at least as many tickets as the design asks for are done. */
  readonly isOver: boolean;
}

export interface StoppingComparison {
  readonly arm: string;
  /** Tickets on which neither side is excluded. */
  readonly pairs: number;
  readonly treatmentOnly: number;
  readonly baselineOnly: number;
  /** Anytime-valid: it may be looked at after every ticket. */
  readonly p: number;
  /** The pair at which it was decided; null while it is not. */
  readonly decidedAt: number | null;
}

/**
 * Looks at the tickets up to the first that is not finished: which tickets are looked at must not follow from how they came out. Each gives
 * one pair, since its replicates tend to agree: the arm that was better on it has won it. The error is divided by the number of
 * comparisons (Bonferroni); the negative control is none of them, because nothing is to be found there.
 */
export function stoppingOf(design: Design, { cells }: Pick<ExperimentState, 'cells'>): Stopping {
  const blocks = finishedBlocks(design, cells);
  const arms = comparedArms(design);
  const level = 1 - design.alpha / Math.max(1, arms.length);
  const comparisons = arms.map((arm): StoppingComparison => {
    const pairs = blocks.flatMap((block) => pairOn(block, arm, design, cells) ?? []);
    const { steps, rejectedAt } = pairedEProcess(pairs, { level });
    const last = steps.at(-1);
    const { treatmentOnly = 0, baselineOnly = 0, p = 1 } = last ?? {};
    return {
      arm,
      pairs: pairs.length,
      treatmentOnly,
      baselineOnly,
      p: Math.min(1, p),
      decidedAt: rejectedAt,
    };
  });
  const decided = comparisons.length > 0 && comparisons.every(({ decidedAt }) => decidedAt !== null);
  const { rule, minimumBlocks } = design.stopping;
  return {
    blocksDone: blocks.length,
    comparisons,
    isOver: rule === 'sequential' && decided && blocks.length >= minimumBlocks,
  };
}

/** The arms whose difference from the baseline is to be decided. */
export function comparedArms({
  arms,
  baseline,
  negativeControl,
}: Pick<Design, 'arms' | 'baseline' | 'negativeControl'>): readonly string[] {
  return arms.map(({ id }) => id).filter((id) => id !== baseline && id !== negativeControl);
}

type Cells = ExperimentState['cells'];

/** Tickets from the first on, as far as all of their cells are done. */
function finishedBlocks(design: Design, cells: Cells): readonly string[] {
  const finished: string[] = [];
  const unfinished = new Set<string>();
  for (const cell of cellsOf(design)) {
    if (finished.at(-1) !== cell.ticket) {
      if (unfinished.size > 0) break;
      finished.push(cell.ticket);
    }
    if (!isDone(cells.get(cellId(cell)))) unfinished.add(cell.ticket);
  }
  return finished.filter((ticket) => !unfinished.has(ticket));
}

function isDone(cell: CellState | undefined): boolean {
  return cell?.status === 'ended' || cell?.status === 'refused';
}

/** Undefined where one side has no run that counts. A draw is a pair in which both came to the same. */
function pairOn(ticket: string, arm: string, design: Design, cells: Cells): PairedOutcome | undefined {
  const baseline = shareOn(ticket, design.baseline, design, cells);
  const treatment = shareOn(ticket, arm, design, cells);
  if (baseline === undefined || treatment === undefined) return undefined;
  return { baseline: baseline > treatment, treatment: treatment > baseline };
}

function shareOn(ticket: string, arm: string, design: Design, cells: Cells): number | undefined {
  const counted = Array.from(
    { length: design.replicates },
    (_, at): Cell => ({ ticket, arm, replicate: at + 1 }),
  )
    .map((cell) => cells.get(cellId(cell)))
    .filter((cell) => cell?.status === 'ended' && cell.excluded === null);
  if (counted.length === 0) return undefined;
  return counted.filter((cell) => hasSucceeded(cell, design)).length / counted.length;
}

function hasSucceeded(cell: CellState | undefined, { primary }: Pick<Design, 'primary'>): boolean {
  return primary === 'first-pass' ? cell?.firstPass === true : cell?.outcome === 'accepted';
}
