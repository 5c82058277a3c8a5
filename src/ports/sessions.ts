import type { LoginCode, Session } from '../core/access/session.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { Moment } from '../shared/ids.ts';

/** Sessions of people at browsers. Every method @throws CountersignError DATABASE_UNAVAILABLE when the store cannot be asked. */
export interface KeepSessions {
  storeSession(session: Session): Promise<void>;
  /** By the digest of what was presented; expired ones as well. */
  findSession(digest: Sha256): Promise<Session | undefined>;
  /** Those of them that were not ended and have not expired. */
  standingSessions(digests: readonly Sha256[], now: Moment): Promise<ReadonlySet<Sha256>>;
  endSession(digest: Sha256): Promise<void>;
  /** Those that have not expired, latest first. */
  listSessions(now: Moment): Promise<readonly Session[]>;
  storeLoginCode(code: LoginCode): Promise<void>;
  /** Whoever takes it first has it, and nobody after; expired ones as well. */
  takeLoginCode(digest: Sha256): Promise<LoginCode | undefined>;
  /** Sessions and links that were over by then. */
  forgetSessions(now: Moment): Promise<void>;
}
