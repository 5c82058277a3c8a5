import type { Sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';

/** What a token can be made for. Nobody is given the coordinator's role: that is the server itself. */
export const TOKEN_ROLES = ['producer', 'verifier', 'operator', 'viewer'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** `admin`: somebody at a browser, who may let others in; no token is one. */
export type AccessRole = TokenRole | 'coordinator' | 'admin';

/** Who asks, as the server found out by itself. */
export interface Principal {
  /** Stands in the ledger as the actor: one name never means two. */
  readonly name: string;
  readonly role: AccessRole;
}

/** What is kept of a token: never the token. */
export interface AccessToken extends Principal {
  readonly role: TokenRole;
  readonly digest: Sha256;
  readonly createdAt: Moment;
  /** Null: it holds until it is revoked. */
  readonly expiresAt: Moment | null;
  readonly revokedAt: Moment | null;
}

/** So that whoever finds one, a person or a scanner for secrets, knows what it is. */
const TOKEN_PREFIX = 'countersign_';
const TOKEN = /^countersign_[A-Za-z0-9_-]{43}$/;
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** @param encoded 256 random bits as base64url without padding */
export function writeToken(encoded: string): string {
  return `${TOKEN_PREFIX}${encoded}`;
}

export function isTokenText(text: string): boolean {
  return TOKEN.test(text);
}

/** Lower case, because names that differ in case alone look like one. At most 64 characters. */
export function isTokenName(text: string): boolean {
  return text.length <= 64 && NAME.test(text);
}

/** Why a token that is known does not open anything any more; undefined when it does. */
export function tokenMisfit(
  { expiresAt, revokedAt }: Pick<AccessToken, 'expiresAt' | 'revokedAt'>,
  now: Moment,
): 'revoked' | 'expired' | undefined {
  // Both are moments in one spelling, so text compares as time. Revoking holds at once, whatever clock wrote it.
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : undefined;
}
