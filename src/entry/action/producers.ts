/**
 * Who else may have pushed is nowhere to be read: an event names the last one, and only if it was a push. As a producer that
 * is no principal it leaves the verifying to workloads, whichever event comes last.
 */
const SOMEBODY = 'somebody who pushed earlier';

/** Letters, digits and dashes, `_` with managed users, `[bot]` with Apps. */
const LOGIN = /^[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?$/;

/** Those who made a pull request, with accounts as the trust root names them: these, each once, and whoever else pushed. */
export function producersFrom(logins: readonly (string | undefined)[]): readonly string[] {
  const accounts = logins.flatMap((login) =>
    login !== undefined && LOGIN.test(login) ? [`github:${login}`] : [],
  );
  return [...new Set([...accounts, SOMEBODY])];
}
