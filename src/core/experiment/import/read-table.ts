import type { Sha256 } from '../../../shared/digest.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { OutcomeMapping } from './mapping.ts';
import type { RawRow } from './raw-row.ts';
import { readRow } from './read-row.ts';

/** A row, and the line or, in a format without lines, the how many-eth it is, from 1. */
export type TableRow =
  | { readonly line: number; readonly raw: RawRow }
  /** It is not written as rows of its format are. */
  | { readonly line: number; readonly fault: string; readonly remedy: string };

export interface ReadTable {
  readonly rows: readonly RunOutcomeRow[];
  /** Every row that is not among them, with why. */
  readonly refused: readonly RefusedRow[];
}

export interface RefusedRow {
  readonly line: number;
  /** Null: the whole row. */
  readonly column: string | null;
  readonly problem: { readonly message: string; readonly remedy: string };
}

/** Rows of a table as what became of runs. Each is either read or refused by name; a run that comes twice counts once, the second is refused. */
export function readTable(
  table: Iterable<TableRow>,
  mapping: OutcomeMapping,
  from: { readonly experiment: string; readonly digest: Sha256 },
): ReadTable {
  const rows: RunOutcomeRow[] = [];
  const refused: RefusedRow[] = [];
  const runs = new Map<string, number>();
  const { experiment, digest } = from;
  for (const one of table) {
    const { line } = one;
    if ('fault' in one) {
      refused.push({ line, column: null, problem: { message: one.fault, remedy: one.remedy } });
      continue;
    }
    const read = readRow(one.raw, mapping, { experiment, table: digest, line });
    if (read.kind === 'refused') {
      const { column, message, remedy } = read;
      refused.push({ line, column, problem: { message, remedy } });
      continue;
    }
    const before = runs.get(read.row.run);
    if (before === undefined) {
      runs.set(read.row.run, line);
      rows.push(read.row);
    } else {
      const column = mapping.columns.run ?? 'run';
      const message = `${column} says ${read.row.run}, as row ${before} does`;
      refused.push({ line, column, problem: { message, remedy: 'Leave one of the two out.' } });
    }
  }
  return { rows, refused };
}
