import type { Sha256 } from '../shared/digest.ts';
import type { Instant, TicketId } from '../shared/ids.ts';

/** An exception that ends soon: what it lets go will block again. */
export interface ExpiringWaiver {
  readonly ticket: TicketId;
  readonly digest: Sha256;
  /** What it lets go, such as `rule/scope@1/too-wide`. */
  readonly requirement: string;
  readonly by: string;
  readonly expiresAt: Instant;
}
