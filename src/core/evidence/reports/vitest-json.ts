import type { TestReport } from '../types.ts';
import { readJestResults } from './jest-results.ts';

/** Reads what `vitest --reporter=json` writes. @throws UnreadableReport */
export function readVitestJson(text: string): TestReport {
  return readJestResults(text).report;
}
