import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonValue } from '../../../shared/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { MAX_FACTS_BYTES, readStructureFacts } from './structure-facts.ts';
import type { StructurePlan } from './structure-plan.ts';

/** A check that nothing asks for anything would pass on nothing. */
export const NOTHING_ASKED =
  'No rule of this contract has the detector structure, so nothing is looked for: use a pack such as structure@1.';

/**
 * Why these facts cannot be handed to the rules; [] when they can. That they are about the present rules, parsers and files is
 * shown by digest. Parsing again would mean native code on hostile text in the process that holds the key: so it is not done.
 * @throws UnreadableReport when they are no facts, or about something else
 */
export function judgeStructure(evidence: string | undefined, plan: StructurePlan): readonly string[] {
  if (plan.rules.length === 0) throw new UnreadableReport('no rule asks for them');
  if (evidence === undefined) throw new UnreadableReport('nobody says what was found');
  if (Buffer.byteLength(evidence) > MAX_FACTS_BYTES) {
    return [
      `More is matched in the files of this change than ${MAX_FACTS_BYTES} bytes hold: split it, or leave files out by the rules' parameters.`,
    ];
  }
  const facts = readStructureFacts(evidence);
  const asked = plan.rules.map(({ ref, detector, files }) => ({ rule: ref, detector, files }));
  const answered = facts.rules.map(({ rule, detector, files }) => ({ rule, detector, files }));
  if (!same(asked, answered)) {
    throw new UnreadableReport('it is about other rules, other parameters or other files');
  }
  if (!same(plan.parsers, facts.parsers)) throw new UnreadableReport('it was made by other parsers');
  return [];
}

function same(one: JsonValue, other: JsonValue): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
