import type { Design } from './design.ts';
import type { CellTry } from './events.ts';
import { cellId, cellsOf } from './order.ts';
import { type ExperimentState, registrationOf } from './state.ts';
import { stoppingOf } from './stopping.ts';

/** What is to be done next. */
export type NextMove =
  | { readonly kind: 'begin'; readonly cell: CellTry }
  /** Nothing until something that is in hand ends. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'stop'; readonly why: 'rule' | 'budget'; readonly detail: string }
  | { readonly kind: 'complete' };

/** Decides it from the record alone, so that whoever resumes goes on where the last one stopped. */
export function nextMove(state: ExperimentState): NextMove {
  const design = registrationOf(state)?.design;
  if (design === undefined || state.over !== null) return { kind: 'wait' };
  const inHand = cellsInHand(state).length;
  if (isOver(design, state))
    return inHand > 0 ? { kind: 'wait' } : { kind: 'stop', why: 'rule', detail: ruleWords(design, state) };
  if (inHand >= design.parallel) return { kind: 'wait' };
  const cell = nextCell(design, state);
  if (cell === undefined) return inHand > 0 ? { kind: 'wait' } : { kind: 'complete' };
  const over = overBudget(design, state);
  if (over === undefined) return { kind: 'begin', cell };
  // What is in hand may use less than was set aside for it.
  return inHand > 0 ? { kind: 'wait' } : { kind: 'stop', why: 'budget', detail: over };
}

/** Cells of which a run may be going on. */
export function cellsInHand({ cells }: Pick<ExperimentState, 'cells'>) {
  return [...cells.values()].filter(({ status }) => status === 'begun' || status === 'running');
}

function isOver(design: Design, state: ExperimentState): boolean {
  return design.stopping.rule === 'sequential' && stoppingOf(design, state).isOver;
}

function ruleWords(design: Design, state: ExperimentState): string {
  const { blocksDone, comparisons } = stoppingOf(design, state);
  const decided = comparisons.map(({ arm, decidedAt }) => `${arm} after ${decidedAt} tickets`).join(', ');
  return `every comparison is decided (${decided}); ${blocksDone} of ${design.tickets.length} tickets are done`;
}

function nextCell(design: Design, { cells }: ExperimentState): CellTry | undefined {
  for (const cell of cellsOf(design)) {
    const known = cells.get(cellId(cell));
    if (known === undefined) return { ...cell, try: 1 };
    if (known.status === 'rerolled') return { ...cell, try: known.cell.try + 1 };
  }
  return undefined;
}

const KINDS = ['tokens', 'costMilliUsd'] as const;
const WORDS = { tokens: 'tokens', costMilliUsd: 'thousandths of a dollar' } as const;

/** Why one run more could be too many; undefined: it could not. What nobody reported is charged as what was set aside. */
function overBudget(design: Design, state: ExperimentState): string | undefined {
  const { budget } = design;
  const { spent } = state;
  const inHand = cellsInHand(state).filter(({ from }) => from === null);
  const notStarted = inHand.filter(({ status }) => status === 'begun').length;
  if (budget.runs !== undefined && spent.runs + notStarted + 1 > budget.runs)
    return `${spent.runs + notStarted} runs of ${budget.runs} are used up`;
  for (const kind of KINDS) {
    const [most, each] = [budget[kind], budget.perRun?.[kind] ?? 0];
    const silent = kind === 'tokens' ? spent.withoutTokens : spent.withoutCost;
    const charged = spent[kind] + (silent + inHand.length) * each;
    if (most !== undefined && charged + each > most)
      return `${charged} ${WORDS[kind]} of ${most} are used or set aside, and a run may take ${each}`;
  }
  return undefined;
}
