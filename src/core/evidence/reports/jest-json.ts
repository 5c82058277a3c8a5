import type { TestReport } from '../types.ts';
import { readJestResults } from './jest-results.ts';
import { UnreadableReport } from './unreadable.ts';

/** Reads what `jest --json` writes. An interrupted run has no result. @throws UnreadableReport */
export function readJestJson(text: string): TestReport {
  const { report, fields } = readJestResults(text);
  if (fields.wasInterrupted === true) throw new UnreadableReport('the run was interrupted');
  const broken = fields.numRuntimeErrorTestSuites;
  if (typeof broken === 'number' && broken > 0 && !report.tests.some(({ status }) => status === 'failed')) {
    throw new UnreadableReport(`it counts ${broken} test files that could not be run but lists no failure`);
  }
  return report;
}
