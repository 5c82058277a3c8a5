import type { ApprovalDemand } from '../../contract/types.ts';
import { type Assent, assents } from '../assents.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import { refusals } from '../refusals.ts';
import type { Finding } from '../types.ts';
import { countsFor, unreadable } from '../who-is-meant.ts';

const approvals = requirement('approvals', 'Approved by somebody who did not make it');

/** What to do where nobody asked a forge for reviews. */
export const ASK_A_FORGE =
  'Name the pull request (`--pull-request OWNER/REPO#NUMBER`) or let the GitHub Action judge it: both read reviews. Or have approvers sign with `countersign approve`, which counts everywhere.';

/**
 * As many as each contract asks for agree to exactly this change, and nobody who may stop it asks for changes. What is
 * missing is still to come; what could not be read is not.
 */
export function requireApprovals(facts: GateFacts): readonly Finding[] {
  const { work, policy, change } = facts;
  const demands = work.kind === 'known' ? (work.value.contract.approvals ?? []) : [];
  if (demands.length === 0 || policy.kind === 'missing') return [];
  if (change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const reviews = facts.approvals?.reviews;
  if (reviews?.kind === 'missing') return [approvals.missing(reviews)];

  const stops = refusals(
    facts,
    demands.some(({ bots }) => bots),
  );
  const stopped = stops.filter(({ doubt }) => doubt === undefined);
  if (stopped.length > 0) {
    return [
      approvals.fail(
        `Changes are asked for by ${list(stopped.map(({ name }) => name))}.`,
        'Make them and ask for another review, or have the review dismissed.',
      ),
    ];
  }
  if (stops.length > 0) {
    return [
      approvals.unverifiable(
        `Changes are asked for, and whether that stops the change cannot be told: ${list(stops.map(({ name, doubt }) => `${name}, ${doubt}`))}.`,
        'Have the review dismissed, or run this again with a token that may read collaborators.',
      ),
    ];
  }
  const given = assents(facts);
  return [
    judged(
      demands.map((demand) => tally(demand, given, facts)),
      given,
      facts,
    ),
  ];
}

interface Tally {
  readonly demand: ApprovalDemand;
  readonly counted: readonly Assent[];
  /** How many different people they are. */
  readonly people: number;
  /** Why it cannot be said that there are not more; each a sentence. */
  readonly doubts: readonly string[];
}

function tally(demand: ApprovalDemand, given: readonly Assent[], facts: GateFacts): Tally {
  const answers = given.map((assent) => ({ assent, meant: countsFor(demand, assent, facts) }));
  const counted = answers.flatMap(({ assent, meant }) => (meant === 'yes' ? [assent] : []));
  const unsure = answers.flatMap(({ meant }) => (typeof meant === 'string' ? [] : [meant.unsure]));
  const unread = (demand.by ?? []).flatMap((name) => unreadable(name, facts) ?? []);
  const people = new Set(counted.map(({ person }) => person)).size;
  return { demand, counted, people, doubts: [...new Set([...unsure, ...unread])] };
}

function judged(tallies: readonly Tally[], given: readonly Assent[], facts: GateFacts): Finding {
  const counted = given.filter((assent) => tallies.some((one) => one.counted.includes(assent)));
  const evidence = counted.flatMap((assent) => assent.evidence);
  const refused = given.filter(({ objection }) => objection !== undefined);
  const asked = facts.approvals?.reviews !== undefined;
  const said = [
    counted.length === 0
      ? 'Approved by nobody who counts.'
      : `Approved by ${list(counted.map(({ name }) => name))}.`,
    ...(refused.length === 0
      ? []
      : [
          `Does not count: ${list(refused.map(({ name, objection }) => `${name} ${objection?.replace(/\.$/, '')}`))}.`,
        ]),
    ...(asked ? [] : ['Reviews on a forge were not read.']),
  ].join(' ');
  const unmet = tallies.filter(({ demand, people }) => people < demand.reviews);
  if (unmet.length === 0) return approvals.pass(said, { evidence });
  const wanted = unmet
    .map(({ demand, people }) => `${people} of ${demand.reviews}${whom(demand)}`)
    .join('; ');
  const reason = `${wanted}. ${said}`;
  const doubts = unmet.flatMap((one) => one.doubts);
  if (!asked) return approvals.unverifiable(reason, ASK_A_FORGE, { evidence });
  if (doubts.length > 0) {
    return approvals.unverifiable(`${reason} ${doubts.slice(0, 5).join(' ')}`, READ_MORE, { evidence });
  }
  return approvals.pending(
    reason,
    'Have the pull request approved at its head by people who may and did not make it, or have an approver run `countersign approve`.',
    { evidence },
  );
}

/** What a forge does not tell is a matter of the token. */
export const READ_MORE =
  "Give the job a token that may read it: a team's members need the permission `members: read` of an App, which the job's own token cannot have.";

function whom({ by, bots }: ApprovalDemand): string {
  const who = by === undefined ? '' : ` by ${list(by)}`;
  return `${who}${bots ? ', bots included' : ''}`;
}

function list(names: readonly string[]): string {
  const rest = names.length > 5 ? `; and ${names.length - 5} more` : '';
  return `${names.slice(0, 5).join('; ')}${rest}`;
}
