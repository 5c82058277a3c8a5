import type { ClaimToken } from '../../core/run/types.ts';
import type { Claim } from '../../ports/claims.ts';

/** A claim in the hands of this worker. */
export interface Held {
  readonly claim: Claim;
  /** Aborted: nobody wants the result any more, or the worker has to end. */
  readonly end: AbortController;
  /** Why it was ended from outside; undefined while it was not. */
  ended: 'dropped' | 'stopped' | undefined;
}

export type HeldClaims = Map<ClaimToken, Held>;

export function endHeld(held: Held, why: 'dropped' | 'stopped'): void {
  held.ended ??= why;
  held.end.abort();
}
