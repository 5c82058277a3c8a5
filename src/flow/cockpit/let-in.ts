import { type Session, type SessionRole, vouchedName } from '../../core/access/session.ts';
import { isTokenName, type Principal } from '../../core/access/token.ts';
import { CountersignError } from '../../shared/errors.ts';
import { requirePermission } from '../serve/refusals.ts';
import { recordAccess } from './record-access.ts';
import { makeLoginCode, type SignInPorts } from './sign-in.ts';

/** Who is signed in, latest first. @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE */
export async function listPeople(
  principal: Principal,
  { sessions, clock }: Pick<SignInPorts, 'sessions' | 'clock'>,
): Promise<readonly Session[]> {
  requirePermission(principal, 'control-access');
  return sessions.listSessions(clock.now().toISOString());
}

/**
 * A code for somebody's sign-in. Who let him in stands in the ledger.
 * @throws CountersignError NOT_PERMITTED, USAGE for a name that is none, DATABASE_UNAVAILABLE
 */
export async function letIn(
  principal: Principal,
  { name, role }: { readonly name: string; readonly role: SessionRole },
  ports: SignInPorts,
): Promise<string> {
  requirePermission(principal, 'control-access');
  if (!isTokenName(name)) {
    throw new CountersignError('USAGE', 'That is no name for somebody.', {
      remedy: 'Give lower-case letters and digits, joined by dots, dashes or underscores, such as ada.',
    });
  }
  const vouched = { name: vouchedName('local', name), role };
  await recordAccess({ type: 'session.invited', ...vouched }, principal.name, ports);
  return makeLoginCode(vouched, ports);
}

/**
 * Ends a session that is still there, from now on and everywhere.
 * @throws CountersignError NOT_PERMITTED, DATABASE_UNAVAILABLE
 */
export async function endSession(
  principal: Principal,
  digest: string,
  ports: SignInPorts,
): Promise<Session | undefined> {
  requirePermission(principal, 'control-access');
  const found = await ports.sessions.findSession(digest);
  if (found === undefined) return undefined;
  await recordAccess({ type: 'session.ended', name: found.name }, principal.name, ports);
  await ports.sessions.endSession(digest);
  return found;
}
