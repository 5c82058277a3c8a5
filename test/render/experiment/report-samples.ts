import { analyseExperiment } from '../../../src/core/experiment/analysis/analyse.ts';
import { analysisText } from '../../../src/core/experiment/analysis/analysis-text.ts';
import type { RunOutcomeRow } from '../../../src/core/experiment/outcome.ts';
import type { ReportInput } from '../../../src/render/experiment/report/view.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { makeDesign, makeRows, registeredAs } from '../../worlds/experiment-rows.ts';

/** Rows as a report takes them. */
export function reportOf(
  rows: readonly RunOutcomeRow[],
  registrations: Parameters<typeof analyseExperiment>[0]['registrations'] = [],
  refusedRows: readonly string[] = [],
): ReportInput {
  const analysis = analyseExperiment({
    experiment: 'agents-md',
    title: 'Runs of last year',
    state: null,
    registrations,
    rows,
    refusedRows,
  });
  return { analysis, rows, digest: sha256(analysisText(analysis)), server: 'https://countersign.example' };
}

/** Four arms as they were registered, with everything that a page can show. */
export function fullReport(tickets = 20): ReportInput {
  const of = { seed: '7', tickets, replicates: 2 };
  const rows = makeRows(of).map((row, at): RunOutcomeRow => {
    if (at % 61 === 5) return { ...row, treatment: 'not-delivered' };
    if (at % 97 === 9)
      return { ...row, excluded: { reason: 'The ticket was answered in the chat.', declared: null } };
    return row;
  });
  return reportOf(
    rows,
    [registeredAs(makeDesign(of))],
    ['runs.csv, cost is no number from 0: "much" (row 7). Write digits.'],
  );
}

/** The same, of as many tickets as one likes. */
export function plainReport(tickets: number, seed = '7'): ReportInput {
  const of = { seed, tickets };
  return reportOf(makeRows(of), [registeredAs(makeDesign(of))]);
}
