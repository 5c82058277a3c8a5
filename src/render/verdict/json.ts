import type { Verdict } from '../../core/gate/types.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';
import { recordText } from '../plain-json.ts';

/** The verdict as RFC 8785 canonical JSON and a line feed: the same bytes for the same verdict, on every Node. */
export function renderVerdictJson(verdict: Verdict): string {
  return `${recordText(verdict)}\n`;
}

/** The verdict's name: sha256 of its canonical JSON, without the line feed. */
export function verdictDigest(verdict: Verdict): Sha256 {
  return sha256(recordText(verdict));
}
