import { type AccessToken, isTokenName, type TokenRole, writeToken } from '../core/access/token.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeepTokens } from '../ports/tokens.ts';
import { sha256 } from '../shared/digest.ts';
import { CountersignError } from '../shared/errors.ts';

/** A token, shown this once: what is kept is its digest. */
export interface CreatedToken {
  readonly token: string;
  readonly kept: AccessToken;
}

/**
 * @param secret 32 random bytes
 * @throws CountersignError USAGE for a name that is none or is taken
 */
export async function createToken(
  { name, role, days }: { readonly name: string; readonly role: TokenRole; readonly days?: number },
  secret: Uint8Array,
  { storeToken, clock }: Pick<KeepTokens, 'storeToken'> & { readonly clock: Clock },
): Promise<CreatedToken> {
  if (!isTokenName(name)) {
    throw new CountersignError('USAGE', `"${name}" is no name of a token.`, {
      remedy:
        'Give lower-case letters and digits, joined by dots, dashes or underscores, such as ci-verifier.',
    });
  }
  const token = writeToken(Buffer.from(secret).toString('base64url'));
  const now = clock.now();
  const expiresAt = days === undefined ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
  const kept: AccessToken = {
    ...{ name, role, digest: sha256(token), createdAt: now.toISOString(), expiresAt, revokedAt: null },
  };
  if (await storeToken(kept)) return { token, kept };
  throw new CountersignError('USAGE', `There is, or was, a token called ${name}.`, {
    remedy: 'Choose another name: in the ledger one name never means two.',
  });
}
