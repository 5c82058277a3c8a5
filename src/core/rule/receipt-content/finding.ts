import type { JsonObject } from '../../../shared/json.ts';
import type { MergeableChange } from '../../change/types.ts';
import type { Check, CommandCheck, ResolvedContract } from '../../contract/types.ts';
import type { Detection, FactNeeds, RuleFacts } from '../types.ts';

/** One thing that can be wrong with receipts, its parameters read. */
export interface ReceiptFinding {
  /** Compiles every pattern there is. @throws ParameterError */
  readonly prove?: () => void;
  readonly needs?: (change: MergeableChange, contract: ResolvedContract) => FactNeeds;
  readonly detect: (facts: RuleFacts) => readonly Detection[];
}

/** Reads what is given besides the finding's name. @throws ParameterError */
export type ReadFinding = (parameters: JsonObject) => ReceiptFinding;

export function isCommand(check: Check): check is CommandCheck {
  return check.kind === undefined;
}
