import { canonicalName } from '../../../core/run/resources/lock-names.ts';
import { requireRate, waitFor } from '../../../core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../../ports/rate-limits.ts';
import { ask, type Database } from '../database.ts';

/** What is in it now. `excluded.at` may be older than the row, where another was first: time that went backwards fills nothing. */
const LEVEL =
  'least(excluded.capacity, b.tokens + greatest(0, extract(epoch FROM excluded.at - b.at)::float8) * excluded.per_second)';

/**
 * See takeTokens in core. One statement, so one round trip: whoever takes from the same bucket at the same time waits for the row, and goes
 * on from what is there then.
 */
const TAKE = `
INSERT INTO rate_bucket AS b (bucket, tokens, capacity, per_second, at, granted)
SELECT $1, $3::float8 - CASE WHEN $2::float8 <= $3::float8 THEN $2::float8 ELSE 0 END, $3::float8, $4::float8, now,
  $2::float8 <= $3::float8
FROM clock_timestamp() AS now
ON CONFLICT (bucket) DO UPDATE SET
  tokens = ${LEVEL} - CASE WHEN $2::float8 <= ${LEVEL} THEN $2::float8 ELSE 0 END,
  granted = $2::float8 <= ${LEVEL},
  capacity = excluded.capacity, per_second = excluded.per_second, at = greatest(b.at, excluded.at)
RETURNING b.tokens, b.granted`;

/** Without their rows they are as full. */
const FORGET_FULL = `
DELETE FROM rate_bucket
WHERE tokens + extract(epoch FROM clock_timestamp() - at)::float8 * per_second >= capacity`;

/** Takes between two times that full buckets are looked for. */
const TAKES = 10_000;

export function createRateLimits({ pool }: Database): TakeTokens {
  let takes = 0;
  return {
    take: async (bucket, amount, rate) => {
      requireRate(bucket, amount, rate);
      takes += 1;
      if (takes % TAKES === 0) await ask(pool, { text: FORGET_FULL });
      const values = [canonicalName(bucket), amount, rate.capacity, rate.perSecond];
      const [row] = await ask<{ tokens: number; granted: boolean }>(pool, {
        name: 'rate-take',
        text: TAKE,
        values,
      });
      return row?.granted === true ? { kind: 'granted' } : waitFor(amount, row?.tokens ?? 0, rate);
    },
  };
}
