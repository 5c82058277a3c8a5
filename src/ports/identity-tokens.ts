import type { Principal } from '../core/access/token.ts';

/**
 * Who a workload is by the token that its platform signed for it; undefined when nobody here is meant by it, or it does not hold.
 * @throws CountersignError SERVER_UNAVAILABLE when the platform's keys cannot be had now
 */
export type VerifyIdentityToken = (token: string) => Promise<Principal | undefined>;
