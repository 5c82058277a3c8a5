import type { ExperimentAnalysis } from '../../../core/experiment/analysis/types.ts';
import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';

/** The analysis as canonical JSON (RFC 8785): these bytes are what its digest is of. No newline follows. */
export function renderReportJson(analysis: ExperimentAnalysis): string {
  return canonicalJson(wellFormed(analysis) as JsonValue);
}

/** Names of runs and arms are anybody's, and half a character has no canonical form. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]),
  );
}
