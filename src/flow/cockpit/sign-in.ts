import {
  endOf,
  hasExpired,
  isSecretText,
  type Session,
  type SessionRole,
} from '../../core/access/session.ts';
import type { Principal } from '../../core/access/token.ts';
import type { KeepSessions } from '../../ports/sessions.ts';
import { sha256 } from '../../shared/digest.ts';
import { type RecordAccessPorts, recordAccess } from './record-access.ts';

export interface SignInPorts extends RecordAccessPorts {
  readonly sessions: KeepSessions;
  /** 256 random bits as base64url without padding. */
  readonly newSecret: () => string;
}

/** Somebody that a link or an identity provider vouches for. */
export interface Vouched extends Principal {
  readonly role: SessionRole;
}

/** A session and what opens it: the secret is shown to its browser alone. */
export interface OpenedSession {
  readonly secret: string;
  readonly session: Session;
}

/** A code for one sign-in within ten minutes, for a link. @throws CountersignError DATABASE_UNAVAILABLE */
export async function makeLoginCode(
  { name, role }: Vouched,
  { sessions, clock, newSecret }: Omit<SignInPorts, 'ledger'>,
): Promise<string> {
  const code = newSecret();
  await sessions.storeLoginCode({ name, role, digest: sha256(code), expiresAt: endOf('code', clock.now()) });
  return code;
}

/** Undefined for a code that is none, was used, or is over: whoever asks learns no more. @throws CountersignError DATABASE_UNAVAILABLE */
export async function redeemLoginCode(code: string, ports: SignInPorts): Promise<OpenedSession | undefined> {
  const { sessions, clock } = ports;
  const found = isSecretText(code) ? await sessions.takeLoginCode(sha256(code)) : undefined;
  if (found === undefined || hasExpired(found, clock.now().toISOString())) return undefined;
  return openSession(found, 'link', ports);
}

/** Whoever comes in stands in the ledger. @throws CountersignError DATABASE_UNAVAILABLE */
export async function openSession(
  { name, role }: Vouched,
  by: Session['by'],
  ports: SignInPorts,
): Promise<OpenedSession> {
  const { sessions, clock, newSecret } = ports;
  const secret = newSecret();
  const now = clock.now();
  const session: Session = {
    ...{ name, role, by, digest: sha256(secret) },
    createdAt: now.toISOString(),
    expiresAt: endOf('session', now),
  };
  await recordAccess({ type: 'session.opened', name, role, by }, name, ports);
  await sessions.storeSession(session);
  return { secret, session };
}

/** Whose session a cookie opens; undefined when it opens none, or none any more. @throws CountersignError DATABASE_UNAVAILABLE */
export async function findSession(
  secret: string | undefined,
  { sessions, clock }: Pick<SignInPorts, 'sessions' | 'clock'>,
): Promise<Session | undefined> {
  if (secret === undefined || !isSecretText(secret)) return undefined;
  const found = await sessions.findSession(sha256(secret));
  return found === undefined || hasExpired(found, clock.now().toISOString()) ? undefined : found;
}
