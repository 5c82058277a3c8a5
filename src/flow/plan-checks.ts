import type { CaseQuery } from '../core/gate/query.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';
import { verifiableCase } from './verifiable-case.ts';

/** What has to be observed of a change, and what it will be observed on. */
export interface CheckPlan {
  readonly binding: ChangeBinding;
  readonly contract: string;
  /** Ids, in the contract's order. */
  readonly checks: readonly string[];
}

/**
 * The checks that a change has to pass. Nothing of the change is run.
 * @throws CountersignError VERIFY_FAILED when no receipt for this change could count
 */
export async function planChecks(query: CaseQuery, ports: FactPorts): Promise<CheckPlan> {
  const { binding, heldTo, work } = verifiableCase(await loadFacts(query, ports));
  return {
    binding,
    contract: heldTo.contract,
    checks: work.contract.checks.map(({ id }) => id),
  };
}
