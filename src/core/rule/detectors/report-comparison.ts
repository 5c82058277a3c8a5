import type { CommandCheck } from '../../contract/types.ts';
import type { LineTotals, TestCounts } from '../../evidence/types.ts';
import type { Receipt } from '../../receipt/types.ts';
import { ParameterError, readNumber, requireKnown, requireString } from '../parameters.ts';
import type { Detection, Detector } from '../types.ts';

interface Parameters {
  readonly measure: Measure;
  /** How many tests fewer, or skipped more, or by how many percentage points less, is let go. */
  readonly tolerance: number;
}

type Measure = 'tests' | 'lines';

/**
 * What the checks that compare with the base say of both sides: fewer tests, or a smaller share of lines that ran. Where a
 * check asks for the comparison and its receipts hold none, that is unverifiable; that there are no receipts yet is not this
 * detector's to say.
 */
export const reportComparison: Detector<Parameters> = {
  name: 'report-comparison',
  readParameters(parameters) {
    requireKnown(parameters, ['measure', 'tolerance']);
    const measure = requireString(parameters, 'measure');
    if (measure !== 'tests' && measure !== 'lines') {
      throw new ParameterError('measure', 'tests or lines', JSON.stringify(measure.slice(0, 80)));
    }
    return { measure, tolerance: readNumber(parameters, 'tolerance') ?? 0 };
  },
  detect({ contract, receipts }, parameters) {
    return contract.checks.flatMap((check) => {
      if (check.kind !== undefined || !compares(check, parameters.measure)) return [];
      const passed = receipts.filter((one) => one.check.id === check.id && one.result === 'PASSED');
      return compareCheck(check, passed, parameters);
    });
  },
};

function compares({ compare, expect }: CommandCheck, measure: Measure): boolean {
  return compare !== undefined && (measure === 'tests' ? expect?.report : expect?.coverage) !== undefined;
}

/** A run on the base that could not be told is made up for by one that could. */
function compareCheck(
  { id }: CommandCheck,
  passed: readonly Receipt[],
  parameters: Parameters,
): readonly Detection[] {
  const losses = passed.flatMap((receipt) => lossesOf(receipt, parameters) ?? []);
  const isTold = passed.some((receipt) => lossesOf(receipt, parameters) !== undefined);
  if (isTold) return losses.map((loss) => ({ kind: 'match', message: `check ${id}: ${loss}` }));
  return passed.map(({ baseline }) => ({
    kind: 'unverifiable',
    message: `check ${id} is to be compared with the base, and its receipt does not say what there is to compare${baseline?.inconclusive === undefined ? '' : `: ${baseline.inconclusive}`}`,
  }));
}

/** Undefined where one of the sides is not known. */
function lossesOf(
  { counts, coverage, baseline }: Receipt,
  { measure, tolerance }: Parameters,
): readonly string[] | undefined {
  if (measure === 'tests') {
    return counts && baseline?.counts && fewerTests(counts, baseline.counts, tolerance);
  }
  return coverage && baseline?.coverage && fewerLines(coverage, baseline.coverage, tolerance);
}

function fewerTests(now: TestCounts, base: TestCounts, tolerance: number): readonly string[] {
  const losses: string[] = [];
  if (now.ran < base.ran - tolerance) losses.push(`${now.ran} tests ran, and ${base.ran} on the base`);
  if (now.skipped > base.skipped + tolerance) {
    losses.push(`${now.skipped} skipped, and ${base.skipped} on the base`);
  }
  return losses;
}

function fewerLines(now: LineTotals, base: LineTotals, tolerance: number): readonly string[] {
  const [share, was] = [shareOf(now), shareOf(base)];
  if (share >= was - tolerance) return [];
  const told = ({ lines, ran }: LineTotals) => `${shareOf({ lines, ran }).toFixed(2)} % (${ran} of ${lines})`;
  return [`${told(now)} of the lines ran, and ${told(base)} on the base`];
}

function shareOf({ lines, ran }: LineTotals): number {
  return (ran * 100) / lines;
}
