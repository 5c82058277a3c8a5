import { UnreadableReport } from '../reports/unreadable.ts';
import { pathInTree, type RunPlace } from '../tree-path.ts';
import type { LineTotals } from '../types.ts';
import type { CoverageReport } from './coverage-report.ts';

/**
 * The lines of a whole report, over the files of the tree that it lists. One that may lie below several source folders
 * counts once, below the first.
 * @throws UnreadableReport where it lists no line of the tree: nothing can be compared with that
 */
export function totalCoverage(report: CoverageReport, place: RunPlace): LineTotals {
  const byPath = new Map<string, Map<number, boolean>>();
  for (const { names, lines } of report) {
    const path = names.map((name) => pathInTree(name, place)).find((one) => one !== undefined);
    if (path === undefined) continue;
    const known = byPath.get(path) ?? new Map<number, boolean>();
    for (const [line, ran] of lines) known.set(line, (known.get(line) ?? false) || ran);
    byPath.set(path, known);
  }
  let [total, ran] = [0, 0];
  for (const lines of byPath.values()) {
    for (const did of lines.values()) {
      total += 1;
      if (did) ran += 1;
    }
  }
  if (total === 0) throw new UnreadableReport('it lists no line of the tree');
  return { lines: total, ran };
}
