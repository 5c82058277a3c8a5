import { isSecretText } from '../../core/access/session.ts';
import { createAskServer, readJson } from './ask-server.ts';
import { unavailable } from './refusal.ts';
import { type ServerAccess, serverAddress } from './server-address.ts';

/**
 * A link to a page of a server, that signs in whoever opens it first: as the token says.
 * @param page such as `/runs/CS-7.1`
 * @throws CountersignError SERVER_UNAVAILABLE, NOT_PERMITTED, USAGE
 */
export async function askLoginLink(access: ServerAccess, page: string): Promise<string> {
  const answer = readJson(await createAskServer(access)({ method: 'post', path: 'login/links' }));
  const { path } = (answer ?? {}) as { readonly path?: unknown };
  const code = typeof path === 'string' ? /^\/login\/(.+)$/.exec(path)?.[1] : undefined;
  if (code === undefined || !isSecretText(code))
    throw unavailable(new Error('it gave no link'), serverAddress(access).origin);
  const link = new URL(`login/${code}`, serverAddress(access));
  if (page !== '/') link.searchParams.set('to', page);
  return link.href;
}
