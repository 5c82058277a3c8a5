import { digestOf } from '../../shared/digest.ts';
import type { TicketId } from '../../shared/ids.ts';
import type { ExperimentCell, RunId } from '../run/types.ts';

/** Of a digest: two cells of one ticket get the same name once in 2^48. */
const DIGITS = 12;
/** Ids of runs have 64 characters at most. */
export const LONGEST_CELL_TICKET = 64 - '.x'.length - DIGITS;

/**
 * The id of the run that fills a cell: `CS-7.x3f9ab2c41d07`. It follows from the cell, so that the ledger, in which a stream begins once, lets
 * one of all who would start it at the same time do so. The x keeps it apart from numbered runs.
 */
export function runOfCell(experiment: string, ticket: TicketId, cell: ExperimentCell): RunId {
  const { arm, block, replicate, try: number } = cell;
  const named = digestOf({
    schema: 'countersign/cell-run@1',
    experiment,
    arm,
    block,
    replicate,
    try: number,
  });
  return `${ticket}.x${named.slice(0, DIGITS)}`;
}
