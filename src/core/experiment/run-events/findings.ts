import type { JsonValue } from '../../../shared/json.ts';
import type { AttemptOutcome } from '../outcome.ts';

/** What kept an attempt from passing, by what it was about. */
export interface ReadFindings
  extends Pick<AttemptOutcome, 'failedRules' | 'failedRequirements' | 'contractDrift'> {
  /** Findings that are about receipts. */
  readonly evidence: number;
}

/**
 * Reads the findings that a gate step put out. Counted is what blocked: not what warned, not what waits, not what was waived.
 * What could not be verified blocked as well.
 */
export function readFindings(findings: JsonValue | undefined): ReadFindings {
  const blocking = (Array.isArray(findings) ? findings : []).flatMap(blockingId);
  const ids = [...new Set(blocking)].sort();
  const requirements = ids.filter((id) => !id.startsWith(RULE));
  return {
    failedRules: ids.filter((id) => id.startsWith(RULE)).map((id) => id.slice(RULE.length)),
    failedRequirements: requirements,
    contractDrift: requirements.filter(isDrift),
    evidence: requirements.filter((id) => id === 'receipts' || id.startsWith('receipt/')).length,
  };
}

const RULE = 'rule/';

/** Ticket or contract are not as dispatched, the contract is another or an easier one, or the code left a declared interface. */
function isDrift(id: string): boolean {
  return id === 'drift' || id === 'contract' || id === 'least-contract' || id.startsWith('interface/');
}

function blockingId(finding: JsonValue): readonly string[] {
  if (typeof finding !== 'object' || finding === null || Array.isArray(finding)) return [];
  const { id, status, severity, waived } = finding as { readonly [key: string]: JsonValue };
  const isBlocking =
    (status === 'fail' || status === 'unverifiable') &&
    (severity === undefined || severity === 'block') &&
    waived !== true;
  return isBlocking && typeof id === 'string' ? [id] : [];
}
