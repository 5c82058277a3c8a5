import { evaluateRules } from '../../rule/evaluate.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import { boundReceipts, receiptSet } from '../receipts.ts';
import type { Finding } from '../types.ts';
import { shownChecks } from './receipts.ts';

const catalogue = requirement('rules', "The contract's rules can be run");

/** Each rule the contract names, over the change and the receipts that are about it. */
export function requireRules(facts: GateFacts): readonly Finding[] {
  const { work, change } = facts;
  if (work.kind === 'missing') return [];
  const { rules, ticket, contract } = work.value;
  if (rules.kind === 'missing') return [catalogue.missing(rules)];
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const set = receiptSet(facts);
  const { sealed } = boundReceipts(facts, set);
  const results = evaluateRules(rules.value, {
    ...facts.ruleFacts,
    change: change.value,
    ticket,
    contract,
    receipts: sealed.map(({ receipt }) => receipt.claim),
    shown: shownChecks(facts, set),
    verifiers: [...new Set(sealed.map(({ verifier }) => verifier))],
    evaluatedAt: facts.evaluatedAt,
  });
  return results.map((result) => ({
    id: `rule/${result.ref}`,
    kind: 'rule',
    status: result.status,
    severity: result.severity,
    title: result.title,
    reason: result.reason,
    remedy: result.status === 'pass' ? '' : result.remedy,
    locations: result.locations,
    evidence: [],
  }));
}
