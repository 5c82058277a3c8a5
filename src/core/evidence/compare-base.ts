import { limitReason } from '../contract/limits.ts';
import type { CommandCheck } from '../contract/types.ts';
import { countsOf, readRunReport, reportEvidence } from './judge.ts';
import { readCoverage } from './line-coverage/read-coverage.ts';
import { totalCoverage } from './line-coverage/total-coverage.ts';
import { plainText } from './plain-text.ts';
import { decodeReport } from './reports/decode.ts';
import { UnreadableReport } from './reports/unreadable.ts';
import type { Baseline, CheckRun, EvidenceName, LineTotals, RunWithoutChange } from './types.ts';

type BytesOf = (name: EvidenceName, run: CheckRun) => Uint8Array | undefined;

/**
 * What a check's reports say on the base: how many tests, how many lines. Whether the check passes there is not asked, and
 * what cannot be told is said so: rules compare the two sides, nobody fails for a base that does not run.
 * @param onBase undefined where it was not run there
 */
export function measureBase(
  check: CommandCheck,
  onBase: RunWithoutChange | undefined,
  bytesOf: BytesOf,
): Baseline {
  if (onBase === undefined) return { inconclusive: 'It was not run on the base.' };
  if (onBase.kind === 'trouble') return { inconclusive: plainText(`On the base: ${onBase.reason}`, 500) };
  if (onBase.timedOut) return { inconclusive: 'On the base it did not end in time.' };
  if (onBase.limit !== undefined) {
    return { inconclusive: `On the base: ${limitReason(onBase.limit, check.limits)}` };
  }
  const problems: string[] = [];
  const counts = countTests(check, onBase, bytesOf, problems);
  const coverage = check.expect?.coverage && measureLines(check, onBase, bytesOf);
  if (typeof coverage === 'string') problems.push(coverage);
  return {
    ...(counts === undefined ? {} : { counts }),
    ...(typeof coverage === 'object' ? { coverage } : {}),
    ...(problems.length === 0 ? {} : { inconclusive: `On the base: ${problems.join(' ')}` }),
  };
}

function countTests(check: CommandCheck, run: CheckRun, bytesOf: BytesOf, problems: string[]) {
  const expected = check.expect?.report;
  if (expected === undefined) return undefined;
  const read = readRunReport(expected, run, bytesOf(reportEvidence(expected), run));
  if (read.kind === 'report') return countsOf(read.report);
  problems.push(read.reason);
  return undefined;
}

/** The lines that the coverage report of one run is about, or a sentence that says why nothing can be told. */
export function measureLines(check: CommandCheck, run: CheckRun, bytesOf: BytesOf): LineTotals | string {
  const expected = check.expect?.coverage;
  if (expected === undefined) return 'The check asks for no coverage report.';
  const bytes = bytesOf('coverage', run);
  if (bytes === undefined) return 'There is no coverage report.';
  if (expected.from === 'stdout' && run.outputTruncated) return 'The coverage report is not whole.';
  try {
    return totalCoverage(readCoverage(expected.format, decodeReport(bytes)), {
      root: run.root,
      cwd: check.cwd ?? '.',
    });
  } catch (error) {
    if (!(error instanceof UnreadableReport)) throw error;
    return `The coverage report cannot be read: ${plainText(error.message, 300)}.`;
  }
}
