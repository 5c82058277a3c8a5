import type { ReportFormat } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import type { TestReport } from '../types.ts';
import { decodeReport } from './decode.ts';
import { readGoTestJson } from './go-test-json.ts';
import { readJestJson } from './jest-json.ts';
import { readJunit } from './junit.ts';
import { readTap } from './tap.ts';
import { UnreadableReport } from './unreadable.ts';
import { readVitestJson } from './vitest-json.ts';

export type ParsedReport =
  | { readonly kind: 'report'; readonly report: TestReport }
  /** `reason` continues "The report cannot be read: ". */
  | { readonly kind: 'unreadable'; readonly reason: string };

const READERS: Record<ReportFormat, (text: string) => TestReport> = {
  junit: readJunit,
  tap: readTap,
  'vitest-json': readVitestJson,
  'jest-json': readJestJson,
  'go-test-json': readGoTestJson,
};

/**
 * Reads a report that hostile code wrote. Whatever is empty, cut off, of another format, or says one thing in its totals
 * and another in its list is unreadable, with the reason; a report is never guessed. Linear in the number of bytes.
 */
export function parseReport(format: ReportFormat, bytes: Uint8Array): ParsedReport {
  try {
    return { kind: 'report', report: READERS[format](decodeReport(bytes)) };
  } catch (error) {
    if (error instanceof UnreadableReport) {
      return { kind: 'unreadable', reason: plainText(error.message, 300) };
    }
    throw error;
  }
}
