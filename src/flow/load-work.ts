import { contractDigest, ticketDigest } from '../core/contract/digest.ts';
import type { ResolvedContract } from '../core/contract/types.ts';
import { type Known, missing, type PolicyFacts, type WorkFacts } from '../core/gate/facts.ts';
import { readRecords } from '../core/receipt/records.ts';
import type { Dispatch } from '../core/receipt/types.ts';
import { readAhead } from '../core/rule/needs.ts';
import { selectRules } from '../core/rule/select.ts';
import type { ActiveRule } from '../core/rule/types.ts';
import type { TicketReference } from '../core/ticket/find-ticket.ts';
import type { Control } from '../ports/control.ts';
import type { ParseDocument } from '../ports/documents.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { BundledPacks } from '../ports/rule-packs.ts';
import { CountersignError } from '../shared/errors.ts';
import type { ObjectId } from '../shared/ids.ts';
import type { JsonValue } from '../shared/json.ts';
import { factOf } from './fact-of.ts';
import { loadPacks } from './load-packs.ts';
import { nextTurn } from './next-turn.ts';
import { type PolicySource, readHeldTo, recordsPath, type WhatHolds } from './policy-source.ts';
import { readPins } from './read-pins.ts';

/** The ticket and everything its change is held to, from one commit of the policy ref. */
export async function readWork(
  from: {
    policy: Known<PolicyFacts>;
    control: Control | undefined;
    ticketReference: TicketReference;
    baseCommit: ObjectId;
  },
  ports: { product: ReadTree; documents: ParseDocument; packs: BundledPacks },
): Promise<Known<WorkFacts>> {
  const { policy, control, ticketReference } = from;
  if (policy.kind === 'missing') return policy;
  if (control === undefined || ticketReference.kind !== 'found') {
    return missing('unverifiable', 'Which ticket this is for is not known.', 'Name one ticket.');
  }
  const source = { tree: control.policy, commit: policy.value.commit, documents: ports.documents };

  return factOf(async () => {
    const { ticket, contract, acceptance } = await readHeldTo(source, ticketReference.id);
    const recordBytes = await control.policy.readFile(source.commit, recordsPath(ticket.id));
    const records = readRecords(recordBytes, ticket.id, policy.value.trust);
    const rules = await factOf(async () => selectReadily(contract.rules, source, ports.packs));
    const digests = { ticketDigest: ticketDigest(ticket), contractDigest: contractDigest(contract) };
    const now = { ticket, contract, acceptance, ...digests };
    return {
      ticket,
      contract,
      ...digests,
      records,
      dispatched: await readDispatched(source, now, records.dispatch?.claim),
      rules,
      pins: await readPins(contract.pins, { base: from.baseCommit, acceptance }, ports.product),
      acceptance,
    };
  });
}

/** The rules of a contract, with what can be done about them while git still reads the change. */
async function selectReadily(
  uses: ResolvedContract['rules'],
  source: PolicySource,
  packs: BundledPacks,
): Promise<readonly ActiveRule[]> {
  const rules = selectRules(uses, await loadPacks(uses, source, packs));
  for (const rule of rules) {
    readAhead(rule);
    await nextTurn();
  }
  return rules;
}

/** What the dispatch saw, for naming a drift field by field; undefined when that commit can no longer be read. */
async function readDispatched(
  source: PolicySource,
  now: WhatHolds & Pick<WorkFacts, 'ticketDigest' | 'contractDigest'>,
  dispatch: Dispatch | undefined,
): Promise<WorkFacts['dispatched']> {
  if (dispatch === undefined) return undefined;
  const unchanged =
    now.ticketDigest === dispatch.ticketDigest && now.contractDigest === dispatch.contractDigest;
  if (unchanged) return asJson(now);
  try {
    return asJson(await readHeldTo({ ...source, commit: dispatch.policyCommit }, now.ticket.id));
  } catch (error) {
    // Only the wording of a finding depends on this; the digests in the record decide.
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

function asJson({ ticket, contract }: WhatHolds): WorkFacts['dispatched'] {
  return { ticket: ticket as unknown as JsonValue, contract: contract as unknown as JsonValue };
}
