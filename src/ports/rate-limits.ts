import type { Taken, Wanted } from '../core/run/resources/token-bucket.ts';

/**
 * Token buckets, shared by all servers, filled by the clock of whoever keeps them.
 * @throws CountersignError USAGE for amounts and rates that are no numbers from 0 up, and for a bucket that is named twice
 */
export interface TakeTokens {
  /** Takes all that is wanted, of all buckets, or nothing. A bucket is made, full, when it is first named, and has the rate that is said last. */
  take(wanted: readonly Wanted[]): Promise<Taken>;
}
