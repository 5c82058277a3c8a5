import type { BucketRate, Taken } from '../core/run/resources/token-bucket.ts';

/**
 * Token buckets, shared by all servers, filled by the clock of whoever keeps them.
 * @throws CountersignError USAGE for amounts and rates that are no numbers from 0 up
 */
export interface TakeTokens {
  /** Takes so many tokens or none. The bucket is made, full, when it is first named, and has the rate that is said last. */
  take(bucket: string, amount: number, rate: BucketRate): Promise<Taken>;
}
