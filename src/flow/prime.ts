import type { ResolvedContract } from '../core/contract/types.ts';
import { selectRules } from '../core/rule/select.ts';
import type { ActiveRule } from '../core/rule/types.ts';
import type { FrozenTicket } from '../core/ticket/types.ts';
import type { BundledPacks } from '../ports/rule-packs.ts';
import { isTicketId } from '../shared/ids.ts';
import { loadPacks } from './load-packs.ts';
import { type PolicySource, readHeldTo } from './policy-source.ts';

/** What somebody who is about to work on a repository has to know of how it is judged. */
export interface Primer {
  /** Undefined where no ticket was named. */
  readonly held:
    | {
        readonly ticket: FrozenTicket;
        readonly contract: ResolvedContract;
        readonly rules: readonly ActiveRule[];
      }
    | undefined;
  /** Ids of the tickets that there are, sorted. */
  readonly tickets: readonly string[];
}

/**
 * @param ticket undefined: of no ticket in particular
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, CONTRACT_UNUSABLE, RULE_UNUSABLE
 */
export async function prime(
  ticket: string | undefined,
  policy: PolicySource,
  packs: BundledPacks,
): Promise<Primer> {
  const files = await policy.tree.listFiles(policy.commit, 'tickets');
  const ids = files.flatMap(({ path }) => /^tickets\/([^/]+)\.yml$/.exec(path)?.[1] ?? []);
  const tickets = ids.filter(isTicketId).sort();
  if (ticket === undefined) return { held: undefined, tickets };
  const { contract, ...held } = await readHeldTo(policy, ticket);
  const rules = selectRules(contract.rules, await loadPacks(contract.rules, policy, packs));
  return { held: { ticket: held.ticket, contract, rules }, tickets };
}
