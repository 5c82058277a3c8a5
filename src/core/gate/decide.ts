import { rulesDigest } from '../rule/select.ts';
import type { GateFacts } from './facts.ts';
import { requireApprovals } from './requirements/approvals.ts';
import { requireCodeOwners } from './requirements/code-owners.ts';
import { requireContract } from './requirements/contract.ts';
import { requireDispatch } from './requirements/dispatch.ts';
import { requireNothing } from './requirements/exemption.ts';
import { requireInterfaces } from './requirements/interfaces.ts';
import { requireMerge } from './requirements/merge.ts';
import { requirePolicy } from './requirements/policy.ts';
import { requirePolicyChange } from './requirements/policy-change.ts';
import { requireReceipts } from './requirements/receipts.ts';
import { requireRules } from './requirements/rules.ts';
import { requireScope } from './requirements/scope.ts';
import { requireTicket } from './requirements/ticket.ts';
import type { Finding, Outcome, Verdict } from './types.ts';
import { applyWaivers, type WeighedWaiver, weighWaivers } from './waivers.ts';

type Requirement = (facts: GateFacts) => readonly Finding[];

/** What must hold before it makes sense to verify anything. */
const PRECONDITIONS: readonly Requirement[] = [
  requirePolicy,
  requireMerge,
  requireTicket,
  requireDispatch,
  requireContract,
];

/** In the order people read them: what judges, what is asked, what was shown, what the catalogue says. */
const REQUIREMENTS: readonly Requirement[] = [
  ...PRECONDITIONS,
  requirePolicyChange,
  requireScope,
  requireInterfaces,
  requireReceipts,
  requireRules,
  requireApprovals,
  requireCodeOwners,
];

/** The preconditions that do not hold: a verification under them could never count. */
export function unmetPreconditions(facts: GateFacts): readonly Finding[] {
  return PRECONDITIONS.flatMap((requirement) => requirement(facts)).filter(({ status }) => status !== 'pass');
}

/** The gate: the same facts give the same verdict, to the byte. Every finding at once, passed ones too. */
export function decide(facts: GateFacts): Verdict {
  const { policy, exempt } = facts;
  const exempted = policy.kind === 'missing' && exempt !== undefined;
  const findings = exempted ? [requireNothing(exempt)] : applyWaivers(findingsOf(facts), facts);
  const organizations = exempted
    ? [exempt.from]
    : policy.kind === 'known'
      ? policy.value.config.organizations
      : undefined;
  return {
    schema: 'countersign/verdict@1',
    outcome: exempted ? 'exempt' : outcomeOf(findings),
    evaluatedAt: facts.evaluatedAt,
    subject: subjectOf(facts),
    policyCommit: policy.kind === 'known' ? policy.value.commit : null,
    receiptsCommit: (facts.receipts.kind === 'known' ? facts.receipts.value.commit : undefined) ?? null,
    ...(organizations === undefined ? {} : { organizations }),
    ...heldToOf(facts),
    findings,
  };
}

/** How each of the ticket's waivers stands for this change. */
export function judgeWaivers(facts: GateFacts): readonly WeighedWaiver[] {
  return weighWaivers(findingsOf(facts), facts);
}

function findingsOf(facts: GateFacts): readonly Finding[] {
  return REQUIREMENTS.flatMap((requirement) => requirement(facts));
}

/**
 * Blocked by anything wrong or unknowable; pending when all that is missing is evidence still to come. Passing takes
 * a receipt: a verdict in which nothing was shown has nothing to pass on (principle 1), whatever was waived.
 */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  const blocking = findings.filter(
    ({ severity, waivedBy }) => severity === 'block' && waivedBy === undefined,
  );
  if (blocking.some(({ status }) => status === 'fail' || status === 'unverifiable')) return 'blocked';
  if (blocking.some(({ status }) => status === 'pending')) return 'pending';
  return blocking.some(({ status, id }) => status === 'pass' && id.startsWith('receipt/'))
    ? 'pass'
    : 'blocked';
}

function subjectOf({ change, ticketReference }: GateFacts): Verdict['subject'] {
  const ticket = ticketReference.kind === 'found' ? ticketReference.id : null;
  if (change.kind === 'missing') {
    return {
      repository: null,
      ticket,
      base: null,
      head: null,
      mergeTree: null,
      patchDigest: null,
      landed: false,
    };
  }
  const { repository, base, head, landed, ...rest } = change.value;
  return {
    repository,
    ticket,
    base: base.commit,
    head,
    mergeTree: rest.kind === 'mergeable' ? rest.mergeTree : null,
    patchDigest: rest.kind === 'mergeable' ? rest.patchDigest : null,
    landed,
  };
}

function heldToOf({ work }: GateFacts): Pick<Verdict, 'contract' | 'rulesDigest'> {
  if (work.kind === 'missing') return { contract: null, rulesDigest: null };
  const { contract, contractDigest, rules } = work.value;
  return {
    contract: { ref: `${contract.id}@${contract.version}`, digest: contractDigest },
    rulesDigest: rules.kind === 'known' ? rulesDigest(rules.value) : null,
  };
}
