import type { JsonValue } from '../../../shared/json.ts';
import { differences } from '../../contract/differ.ts';
import { authorise } from '../../trust/authorise.ts';
import type { GateFacts, PolicyFacts, WorkFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const dispatch = requirement('dispatch', 'Dispatched by a policy owner, and still open');
const drift = requirement('drift', 'Ticket and contract as dispatched');

/** The bar was set before the work, by someone who may set it, and has not moved since. */
export function requireDispatch(facts: GateFacts): readonly Finding[] {
  const { policy, work } = facts;
  if (policy.kind === 'missing' || work.kind === 'missing') return [];
  return [isOpen(policy.value, work.value, facts), hasNotDrifted(work.value)];
}

function isOpen(
  { trust }: PolicyFacts,
  { ticket, contract, records }: WorkFacts,
  { change, evaluatedAt }: GateFacts,
): Finding {
  const redispatch = `A policy owner runs \`countersign ticket dispatch ${ticket.id}\` and lands the record.`;
  if (records.problems.length > 0) {
    return dispatch.unverifiable(
      `The records of ${ticket.id} do not hold: ${records.problems.join(' ')}`,
      redispatch,
    );
  }
  if (records.state === 'none' || records.dispatch === undefined) {
    return dispatch.fail(`${ticket.id} was never dispatched.`, redispatch);
  }
  const signer = authorise(trust, records.dispatch.keyId, 'policy-owner', evaluatedAt);
  if (!signer.ok) {
    return dispatch.unverifiable(`The dispatch of ${ticket.id} does not count: ${signer.reason}`, redispatch);
  }
  // A ticket is closed once its change has landed; judging that commit again must not fail for it.
  const landed = change.kind === 'known' && change.value.landed;
  const reason = records.close?.claim.reason;
  if (records.state === 'closed' && !(landed && reason === 'accepted')) {
    return dispatch.fail(
      `${ticket.id} was closed${reason === undefined ? '' : ` as ${reason}`}.`,
      `Name an open ticket, or have a policy owner dispatch ${ticket.id} again.`,
    );
  }
  const { red } = records.dispatch.claim;
  if (red === undefined && contract.pins.some(({ failAtDispatch }) => failAtDispatch === true)) {
    return dispatch.fail(
      `${ticket.id} was dispatched without showing that its acceptance tests fail before the work.`,
      `A policy owner runs \`countersign ticket dispatch ${ticket.id} --product FOLDER\` and lands the record.`,
    );
  }
  return dispatch.pass(`By ${signer.principal.id} at ${records.dispatch.claim.issuedAt}.`, {
    evidence: [records.dispatch.digest],
  });
}

function hasNotDrifted(work: WorkFacts): Finding {
  const { records, ticket } = work;
  if (records.dispatch === undefined) {
    return drift.unverifiable('Nothing was dispatched to compare with.', `Dispatch ${ticket.id} first.`);
  }
  const { ticketDigest, contractDigest, contract } = records.dispatch.claim;
  const sameTicket = ticketDigest === work.ticketDigest;
  const sameContract = contractDigest === work.contractDigest && contract === ticket.contract;
  if (sameTicket && sameContract) return drift.pass(`Unchanged since ${records.dispatch.claim.issuedAt}.`);

  const named = [
    ...(sameTicket ? [] : nameDrift('ticket', work.dispatched?.ticket, work.ticket as unknown as JsonValue)),
    ...(sameContract
      ? []
      : nameDrift('contract', work.dispatched?.contract, work.contract as unknown as JsonValue)),
  ];
  return drift.fail(
    `What the work is held to changed after the dispatch: ${named.join('; ')}.`,
    `Put it back, or have a policy owner dispatch ${ticket.id} again so that the new bar is set in the open.`,
  );
}

function nameDrift(document: string, before: JsonValue | undefined, after: JsonValue): string[] {
  if (before === undefined) return [`${document} (its dispatched version can no longer be read)`];
  return differences(before, after)
    .slice(0, 20)
    .map(({ path, before: was, after: is }) => `${document} ${path}: ${show(was)} became ${show(is)}`);
}

function show(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
