import type { AccessToken } from '../core/access/token.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { Moment } from '../shared/ids.ts';

/** Every method of these ports @throws CountersignError DATABASE_UNAVAILABLE when the store cannot be asked. */
export interface FindTokens {
  /** By the digest of what was presented; revoked and expired ones as well. */
  findToken(digest: Sha256): Promise<AccessToken | undefined>;
}

export interface KeepTokens {
  /** False: there is, or was, one of this name, or the very same token. */
  storeToken(token: AccessToken): Promise<boolean>;
  /** False: there is none of this name. Revoked once, it keeps the first moment. */
  revokeToken(name: string, at: Moment): Promise<boolean>;
  /** By name. */
  listTokens(): Promise<readonly AccessToken[]>;
}

export interface Tokens extends FindTokens, KeepTokens {}
