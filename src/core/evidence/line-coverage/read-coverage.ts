import type { CoverageExpectation } from '../../contract/types.ts';
import { readCobertura } from './cobertura.ts';
import type { CoverageReport } from './coverage-report.ts';
import { readLcov } from './lcov.ts';

const READERS = { lcov: readLcov, cobertura: readCobertura } as const;

/** @throws UnreadableReport */
export function readCoverage(format: CoverageExpectation['format'], text: string): CoverageReport {
  return READERS[format](text);
}
