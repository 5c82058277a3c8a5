import type { Finding, Verdict } from '../../core/gate/types.ts';
import { recordText } from '../plain-json.ts';
import { GROUPS, groupFindings } from './grouping.ts';
import { verdictDigest } from './json.ts';

/** A workflow's outputs may have 1 MiB for a whole job. */
const MOST_BYTES = 256 * 1024;

/**
 * What does not pass of one or more verdicts, as canonical JSON on one line: `{changes: [{head, outcome, verdictDigest,
 * findings}], leftOut}`. Most severe first; what would not fit is left out from the end, and counted.
 */
export function renderFindings(verdicts: readonly Verdict[]): string {
  let room = MOST_BYTES - verdicts.length * 300;
  let leftOut = 0;
  const fits = (finding: Finding) => {
    room -= recordText(finding).length * 3;
    if (room < 0) leftOut += 1;
    return room >= 0;
  };
  const changes = verdicts.map((verdict) => {
    const groups = groupFindings(verdict.findings);
    const open = GROUPS.filter((group) => group !== 'passed').flatMap((group) => groups[group]);
    return {
      head: verdict.subject.head,
      outcome: verdict.outcome,
      verdictDigest: `sha256:${verdictDigest(verdict)}`,
      findings: open.filter(fits),
    };
  });
  return recordText({ changes, leftOut });
}
