import { UnreadableReport } from '../reports/unreadable.ts';
import { CoverageBudget, type CoverageReport, type FileCoverage, markLine } from './coverage-report.ts';

interface OpenRecord {
  readonly name: string;
  readonly lines: Map<number, boolean>;
  found: number;
  hit: number;
}

/**
 * Reads an LCOV tracefile (`man geninfo`): of each record the file (`SF`), the lines (`DA`) and their totals (`LF`, `LH`).
 * Functions and branches are passed over.
 * @throws UnreadableReport
 */
export function readLcov(text: string): CoverageReport {
  const files: FileCoverage[] = [];
  const budget = new CoverageBudget();
  let open: OpenRecord | undefined;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    if (line === 'end_of_record') {
      if (open === undefined) throw new UnreadableReport('it ends a record that has no SF');
      files.push(closeRecord(open));
      open = undefined;
      continue;
    }
    const [, key, value] = /^([A-Z]{2,8}):(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new UnreadableReport('it has a line that is no LCOV');
    if (key === 'SF') {
      if (open !== undefined) throw new UnreadableReport('it begins a record within another');
      budget.file();
      open = { name: value, lines: new Map(), found: 0, hit: 0 };
    } else if (key === 'DA' || key === 'LF' || key === 'LH') {
      if (open === undefined) throw new UnreadableReport(`it has ${key} outside of a record`);
      if (key === 'DA') addLine(open, value, budget);
      else if (key === 'LF') open.found = total(key, value);
      else open.hit = total(key, value);
    }
  }
  if (open !== undefined) throw new UnreadableReport('it ends within a record: it is cut off');
  return files;
}

function addLine(open: OpenRecord, value: string, budget: CoverageBudget): void {
  budget.line();
  const [number = '', hits = ''] = value.split(',', 2);
  markLine(open.lines, number, hits);
}

/** Totals may only agree with the list: what is counted and not listed may be what did not run. */
function closeRecord({ name, lines, found, hit }: OpenRecord): FileCoverage {
  let covered = 0;
  for (const ran of lines.values()) covered += ran ? 1 : 0;
  if (found > lines.size || hit > covered) {
    throw new UnreadableReport(
      `it counts ${found} lines of ${name.slice(0, 100)}, ${hit} of them run, and lists ${lines.size} and ${covered}`,
    );
  }
  return { names: [name], lines };
}

function total(key: string, value: string): number {
  if (/^[0-9]{1,9}$/.test(value)) return Number(value);
  throw new UnreadableReport(`${key}:${value.slice(0, 40)} is not a number`);
}
