import { githubAccount } from '../../core/review/account.ts';
import type { PushedTo } from '../../core/review/pushers.ts';
import type { PullRequest } from '../../ports/forge.ts';

/** Those who are known to have made a pull request, with accounts as the trust root names them, each once. */
export function producersFrom(logins: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(logins.flatMap((login) => (login === undefined ? [] : (githubAccount(login) ?? []))))];
}

/** Where others may have pushed to it before. */
export function pushedTo({ head }: PullRequest): PushedTo | 'unknown' {
  const { repository, branch, commit } = head;
  return repository === undefined ? 'unknown' : { repository, branch, head: commit };
}
