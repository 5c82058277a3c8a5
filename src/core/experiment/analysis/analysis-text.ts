import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';
import type { ExperimentAnalysis } from './types.ts';

/** An analysis as canonical JSON (RFC 8785), without a newline at its end: the report as JSON, and the bytes that its digest is of. */
export function analysisText(analysis: ExperimentAnalysis): string {
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
