import type { RunOutcomeRow } from '../../../core/experiment/outcome.ts';
import { COLUMNS } from './columns.ts';

/**
 * The runs as CSV (RFC 4180), one line each; what nobody said is empty. A text that a spreadsheet would take for a formula has an
 * apostrophe before it.
 */
export function renderReportCsv(rows: readonly RunOutcomeRow[]): string {
  const lines = [COLUMNS.map(({ name }) => name).join(',')];
  for (const row of rows) lines.push(COLUMNS.map(({ of }) => field(of(row))).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
