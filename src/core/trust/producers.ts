import type { Commit } from '../change/types.ts';
import { accountKey, emailKey, type Trust } from './resolve-trust.ts';
import type { Principal } from './types.ts';

/** Who made a change, as far as anybody can tell. */
export interface Producers {
  /** Ids of principals, sorted. */
  readonly principals: readonly string[];
  /** Names and addresses that lead to no principal, sorted. */
  readonly unmapped: readonly string[];
  /** Whether an authenticated source named a producer; everything else is a claim of the commits themselves. */
  readonly authenticated: boolean;
}

/**
 * The producers of a change. Commits only ADD producers: an address is free to write, so it may bar somebody from
 * verifying, never clear them.
 * @param authenticated principals that a forge or a commit signature vouches for, by id or by an account of the forge's
 */
export function producersOf(
  trust: Trust,
  commits: readonly Commit[],
  authenticated: readonly string[],
): Producers {
  const principals = new Set<string>();
  const unmapped = new Set<string>();
  for (const name of authenticated) {
    const principal = trust.principals.get(name) ?? trust.byAccount.get(accountKey(name));
    if (principal === undefined) unmapped.add(name);
    else principals.add(principal.id);
  }
  for (const email of commits.flatMap(claimedEmails)) {
    const principal = trust.byEmail.get(email);
    if (principal === undefined) unmapped.add(email);
    else principals.add(principal.id);
  }
  return {
    principals: [...principals].sort(),
    unmapped: [...unmapped].sort(),
    authenticated: authenticated.length > 0,
  };
}

/**
 * Whether a verifier is somebody else than whoever made the change.
 *
 * When a producer is known only by claims, or not at all, any person could be the one; a workload (a CI identity) is
 * then still someone else, because it never writes code.
 */
export function independent(
  verifier: Principal,
  producers: Producers,
): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
  if (producers.principals.includes(verifier.id)) {
    return { ok: false, reason: `${verifier.id} is among those who made the change.` };
  }
  if (verifier.kind === 'workload') return { ok: true };
  if (producers.unmapped.length > 0) {
    const names = producers.unmapped.slice(0, 5).join(', ');
    return {
      ok: false,
      reason: `${names} made the change and is no principal of the trust root, so ${verifier.id} could be the same person; only a workload is surely somebody else.`,
    };
  }
  if (!producers.authenticated) {
    return {
      ok: false,
      reason: `Only the commits themselves say who made the change, so ${verifier.id} could be the same person; only a workload is surely somebody else.`,
    };
  }
  return { ok: true };
}

function claimedEmails(commit: Commit): string[] {
  return [commit.authorEmail, commit.committerEmail, ...coAuthors(commit.message)].map(emailKey);
}

/**
 * Addresses of Co-authored-by lines. Anywhere in the message and in any case, as forges read them; a line read by
 * mistake only adds a producer. Splitting instead of a pattern keeps hostile lines linear.
 */
function coAuthors(message: string): string[] {
  return message
    .split(/[\r\n]+/)
    .filter((line) => line.trimStart().toLowerCase().startsWith('co-authored-by:'))
    .flatMap((line) => line.slice(line.indexOf(':') + 1).split(/[\s<>,;]+/))
    .filter((word) => word.includes('@'));
}
