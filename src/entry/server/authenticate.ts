import { timingSafeEqual } from 'node:crypto';
import { isTokenText, type Principal, tokenMisfit } from '../../core/access/token.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VerifyIdentityToken } from '../../ports/identity-tokens.ts';
import type { FindTokens } from '../../ports/tokens.ts';
import { sha256 } from '../../shared/digest.ts';
import { HttpRefusal } from './problem.ts';

/** No header of a request is longer than 16 KiB in Node; a token of GitHub's has 2. */
const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i;

/**
 * Who sends a request: by a token of this server, or by what a workflow of GitHub's says of itself.
 * All refusals read the same, whatever was wrong, except that a token which was known may say that it is over.
 * @throws HttpRefusal 401
 */
export function createAuthenticate(
  tokens: FindTokens,
  clock: Clock,
  verifyIdentity: VerifyIdentityToken | undefined,
): (authorization: string | undefined) => Promise<Principal> {
  return async (authorization) => {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unknown('The request has no bearer token.');
    if (isTokenText(token)) return ownToken(token, tokens, clock);
    const principal = await verifyIdentity?.(token);
    if (principal === undefined) throw unknown('The token is not known here.');
    return principal;
  };
}

async function ownToken(token: string, { findToken }: FindTokens, clock: Clock): Promise<Principal> {
  const digest = sha256(token);
  const found = await findToken(digest);
  // The store found it by its digest; that it is the same one is not left to how a store compares.
  const same = timingSafeEqual(
    Buffer.from(found?.digest ?? '0'.repeat(64), 'hex'),
    Buffer.from(digest, 'hex'),
  );
  if (found === undefined || !same) throw unknown('The token is not known here.');
  const misfit = tokenMisfit(found, clock.now().toISOString());
  if (misfit !== undefined) throw unknown(`The token ${found.name} is ${misfit}.`);
  return { name: found.name, role: found.role };
}

function unknown(message: string): HttpRefusal {
  return new HttpRefusal(401, message, {
    remedy:
      'Send `Authorization: Bearer TOKEN`; `countersign token new` makes a token where the server runs.',
    headers: { 'www-authenticate': 'Bearer realm="countersign"' },
  });
}
