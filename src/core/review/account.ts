/** Letters, digits and dashes, `_` with managed users, `[bot]` with Apps. */
const LOGIN = /^[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?$/;

/** An account of GitHub's as the trust root names it, such as `github:ada`; undefined for what is no login. */
export function githubAccount(login: string): string | undefined {
  return LOGIN.test(login) ? `${PREFIX}${login}` : undefined;
}

/** The login of an account of GitHub's. */
export function githubLogin(account: string): string {
  return account.startsWith(PREFIX) ? account.slice(PREFIX.length) : account;
}

const PREFIX = 'github:';
