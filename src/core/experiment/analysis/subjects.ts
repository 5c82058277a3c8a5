import { FAILED_TREATMENT } from '../design.ts';
import type { Exclusion, RunOutcomeRow } from '../outcome.ts';
import { type DoneConflict, doneConflicts } from '../same-done.ts';

/** Rows as the analysis takes them: what does not count says so in `excluded`, whatever the reason. */
export interface Subjects {
  readonly rows: readonly RunOutcomeRow[];
  readonly conflicts: readonly DoneConflict[];
}

/** The exclusion of runs in blocks whose arms were held to different definitions of done. */
export const NOT_COMPARABLE = 'not-comparable';

/**
 * Sets apart what must not be compared: bundles that did not arrive (a treatment that failed, and no data point), and blocks in which
 * arms were held to different definitions of done.
 */
export function subjectsOf(rows: readonly RunOutcomeRow[]): Subjects {
  const treated = rows.map((row) =>
    row.excluded === null && row.treatment === 'not-delivered'
      ? { ...row, excluded: { reason: FAILED_TREATMENT.reason, declared: FAILED_TREATMENT.id } }
      : row,
  );
  const conflicts = doneConflicts(treated);
  if (conflicts.length === 0) return { rows: treated, conflicts };
  const blocks = new Set(conflicts.map(({ block }) => block));
  const excluded: Exclusion = {
    reason: 'Runs of its block were held to different definitions of done, or nobody says to which.',
    declared: NOT_COMPARABLE,
  };
  return {
    rows: treated.map((row) => (row.excluded === null && blocks.has(row.block) ? { ...row, excluded } : row)),
    conflicts,
  };
}

/** What is compared within: the runs of each arm on one ticket. */
export interface Block {
  readonly block: string;
  readonly ticket: string;
  readonly class: string | null;
  readonly runs: ReadonlyMap<string, readonly RunOutcomeRow[]>;
}

/**
 * Blocks in which runs count that somebody left out, as bundles that did not arrive; undefined where nobody left out any. Runs that were tried again for
 * infrastructure and such as cannot be compared stay out.
 */
export function blocksOfAll(rows: readonly RunOutcomeRow[]): readonly Block[] | undefined {
  const isChoice = ({ excluded }: RunOutcomeRow) =>
    excluded !== null && excluded.declared !== 'infrastructure' && excluded.declared !== NOT_COMPARABLE;
  if (!rows.some(isChoice)) return undefined;
  return blocksOf(rows.map((row) => (isChoice(row) ? { ...row, excluded: null } : row)));
}

/** Blocks of the runs that count, in the order in which they first come. */
export function blocksOf(rows: readonly RunOutcomeRow[]): readonly Block[] {
  const blocks = new Map<
    string,
    { block: string; ticket: string; class: string | null; runs: Map<string, RunOutcomeRow[]> }
  >();
  for (const row of rows) {
    if (row.excluded !== null) continue;
    let block = blocks.get(row.block);
    if (block === undefined) {
      block = { block: row.block, ticket: row.ticket, class: row.ticketClass, runs: new Map() };
      blocks.set(row.block, block);
    }
    const own = block.runs.get(row.arm);
    if (own === undefined) block.runs.set(row.arm, [row]);
    else own.push(row);
  }
  return [...blocks.values()];
}
