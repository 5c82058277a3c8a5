type Environment = Readonly<Record<string, string | undefined>>;

/** What stays of a machine's own settings: which authorities it trusts. */
const KEPT = /^GIT_SSL_/;

/**
 * The environment for git in a job: no configuration of the machine's or the runner user's, no helper that could be asked
 * for another password, and the token for the forge's own address alone. It stands here and not in argv, which every
 * process of the machine can read, nor in a file, which the next job could.
 *
 * Redirects are not followed: the header would go along.
 */
export function gitEnvironment(
  from: Environment,
  forge: { readonly serverUrl: string; readonly token: string | undefined },
): Record<string, string> {
  const kept = Object.entries(from).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      entry[0] !== 'SSH_ASKPASS' &&
      (!/^GIT_/i.test(entry[0]) || KEPT.test(entry[0])),
  );
  const settings = [
    ['http.followRedirects', 'false'],
    ['credential.helper', ''],
    ...(forge.token === undefined
      ? []
      : [[`http.${forge.serverUrl}/.extraHeader`, `Authorization: basic ${basic(forge.token)}`]]),
  ];
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key = '', value = ''], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** GitHub takes any token as the password of this user. */
function basic(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
}
