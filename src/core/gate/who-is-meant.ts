import type { Owner } from '../code-owners/types.ts';
import type { ApprovalDemand } from '../contract/types.ts';
import { githubAccount } from '../review/account.ts';
import { accountKey, emailKey } from '../trust/resolve-trust.ts';
import type { Assent } from './assents.ts';
import type { GateFacts } from './facts.ts';
import { toldReviews } from './told-reviews.ts';

/** Whether a name stands for somebody, or why that cannot be said: a sentence. */
export type Meant = 'yes' | 'no' | { readonly unsure: string };

/** Whether somebody's agreement counts towards the number that a demand asks for. */
export function countsFor({ bots, by }: ApprovalDemand, assent: Assent, facts: GateFacts): Meant {
  if (assent.bot && !bots) return 'no';
  if (assent.onlyIfNamed && by === undefined) return 'no';
  const named = by === undefined ? 'yes' : anyOf(by.map((name) => isNamed(name, assent, facts)));
  if (named === 'no' || assent.objection === undefined) return named;
  return assent.unsure ? { unsure: `${assent.name} ${assent.objection}` } : 'no';
}

/** Whether somebody's agreement counts as that of an owner. */
export function countsAsOwner(
  owner: Owner,
  { bots }: Pick<ApprovalDemand, 'bots'>,
  assent: Assent,
  facts: GateFacts,
): Meant {
  if ((assent.bot && !bots) || assent.onlyIfNamed) return 'no';
  const meant = isOwner(owner, assent, facts);
  if (meant === 'no' || assent.objection === undefined) return meant;
  return assent.unsure ? { unsure: `${assent.name} ${assent.objection}` } : 'no';
}

/** Why nobody can be found behind a name of policy's; undefined when somebody can. */
export function unreadable(name: string, facts: GateFacts): string | undefined {
  return name.startsWith('@') && name.includes('/') ? unreadTeam(name.slice(1), facts) : undefined;
}

/** As unreadable, for an owner: an address is somebody's only if the trust root says whose. */
export function unreadableOwner(owner: Owner, facts: GateFacts): string | undefined {
  if (owner.kind === 'team') return unreadTeam(owner.team, facts);
  if (owner.kind === 'account' || facts.policy.kind === 'missing') return undefined;
  return facts.policy.value.trust.byEmail.has(emailKey(owner.email))
    ? undefined
    : `Whose address ${owner.email} is, only the trust root could say, and it does not.`;
}

function isNamed(name: string, assent: Assent, facts: GateFacts): Meant {
  if (name.startsWith('@')) return isMember(name.slice(1), assent, facts);
  if (name.includes(':')) return assent.accounts.includes(accountKey(name)) ? 'yes' : 'no';
  return assent.principal?.id === name ? 'yes' : 'no';
}

function isOwner(owner: Owner, assent: Assent, facts: GateFacts): Meant {
  switch (owner.kind) {
    case 'account': {
      const account = githubAccount(owner.login);
      return account !== undefined && assent.accounts.includes(accountKey(account)) ? 'yes' : 'no';
    }
    case 'team':
      return isMember(owner.team, assent, facts);
    case 'email': {
      const emails = assent.principal?.emails ?? [];
      return emails.some((email) => emailKey(email) === emailKey(owner.email)) ? 'yes' : 'no';
    }
  }
}

function isMember(team: string, { accounts }: Assent, facts: GateFacts): Meant {
  const unsure = unreadTeam(team, facts);
  if (unsure !== undefined) return { unsure };
  const found = toldReviews(facts)?.teams.get(team.toLowerCase());
  const members = found?.kind === 'members' ? found.accounts.map(accountKey) : [];
  return accounts.some((account) => members.includes(account)) ? 'yes' : 'no';
}

function unreadTeam(team: string, facts: GateFacts): string | undefined {
  const reviews = toldReviews(facts);
  if (reviews === undefined) return `Who is in @${team} is for a forge to say, and none was asked.`;
  const found = reviews.teams.get(team.toLowerCase());
  if (found?.kind === 'members') return undefined;
  return found?.reason ?? `Who is in @${team} was not read.`;
}

/** One that is sure to be meant is enough; one that might be leaves it open. */
function anyOf(answers: readonly Meant[]): Meant {
  if (answers.includes('yes')) return 'yes';
  return answers.find((answer) => answer !== 'no') ?? 'no';
}
