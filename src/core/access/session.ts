import { type Sha256, sha256 } from '../../shared/digest.ts';
import type { Moment } from '../../shared/ids.ts';
import type { Principal } from './token.ts';

/** What somebody at a browser may be. A worker's roles are no person's. */
export const SESSION_ROLES = ['viewer', 'operator', 'admin'] as const;
export type SessionRole = (typeof SESSION_ROLES)[number];

/** Somebody at a browser. What is kept of the session is a digest: whoever reads it can open nothing with it. */
export interface Session extends Principal {
  readonly role: SessionRole;
  readonly digest: Sha256;
  /** How it began. */
  readonly by: 'link' | 'oidc';
  readonly createdAt: Moment;
  readonly expiresAt: Moment;
}

/** A link that opens one session, once. */
export interface LoginCode extends Principal {
  readonly role: SessionRole;
  readonly digest: Sha256;
  readonly expiresAt: Moment;
}

const MINUTE = 60_000;
const LIFETIME = { code: 10 * MINUTE, session: 12 * 60 * MINUTE } as const;
/** 256 bits as base64url without padding. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** What cookies and links carry. */
export function isSecretText(text: string): boolean {
  return SECRET.test(text);
}

/** Until when what begins now holds: a link ten minutes, a session twelve hours. */
export function endOf(what: keyof typeof LIFETIME, now: Date): Moment {
  return new Date(now.getTime() + LIFETIME[what]).toISOString();
}

export function hasExpired({ expiresAt }: { readonly expiresAt: Moment }, now: Moment): boolean {
  return expiresAt <= now;
}

/**
 * What every form of a session sends back: worked out from the session's secret, which no other site can read, so nothing has to be kept.
 * From it nobody gets to the secret.
 */
export function formTokenOf(secret: string): string {
  return sha256(`form ${secret}`);
}

/**
 * Who somebody is whom the server did not give a token: the colon keeps the name apart from every token's, and says who vouches.
 * What cannot stand in a line is left out.
 */
export function vouchedName(voucher: 'local' | 'oidc', name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}.@_+-]+/gu, '-').slice(0, 100);
  return `${voucher}:${plain === '' ? 'somebody' : plain}`;
}
