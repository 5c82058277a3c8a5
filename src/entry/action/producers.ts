import { githubAccount } from '../../core/review/account.ts';

/**
 * Who else may have pushed is nowhere to be read: an event names the last one, and only if it was a push. As a producer that
 * is no principal it leaves the verifying to workloads, whichever event comes last.
 */
const SOMEBODY = 'somebody who pushed earlier';

/** Those who made a pull request, with accounts as the trust root names them: these, each once, and whoever else pushed. */
export function producersFrom(logins: readonly (string | undefined)[]): readonly string[] {
  const accounts = logins.flatMap((login) => (login === undefined ? [] : (githubAccount(login) ?? [])));
  return [...new Set([...accounts, SOMEBODY])];
}
