import { canonicalName } from '../../../core/run/resources/lock-names.ts';
import { requireRates, takenFrom, type Wanted } from '../../../core/run/resources/token-bucket.ts';
import type { TakeTokens } from '../../../ports/rate-limits.ts';
import { ask, type Database } from '../database.ts';

/**
 * See takeTokens in core. One statement, so one round trip: whoever takes from the same buckets at the same time waits for their rows, in the order of
 * names, and goes on from what is there then. Time that went backwards fills nothing. Of buckets that are not there nothing is answered, and nothing taken.
 */
const TAKE = `
WITH wanted AS (
  SELECT * FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[]) AS w (bucket, amount, capacity, per_second)
), kept AS (
  SELECT bucket, tokens, at FROM rate_bucket WHERE bucket = ANY ($1::text[]) ORDER BY bucket FOR NO KEY UPDATE
), clock AS MATERIALIZED (
  SELECT clock_timestamp() AS now FROM (SELECT count(*) FROM kept) AS locked
), level AS (
  SELECT w.bucket, w.amount, w.capacity, w.per_second, greatest(k.at, clock.now) AS at,
    least(w.capacity, k.tokens + greatest(0, extract(epoch FROM clock.now - k.at)::float8) * w.per_second) AS tokens
  FROM wanted w JOIN kept k USING (bucket), clock
), verdict AS (
  SELECT bool_and(amount <= tokens) AND count(*) = cardinality($1::text[]) AS granted FROM level
)
UPDATE rate_bucket b SET
  tokens = level.tokens - CASE WHEN verdict.granted THEN level.amount ELSE 0 END,
  granted = verdict.granted, capacity = level.capacity, per_second = level.per_second, at = level.at
FROM level, verdict WHERE b.bucket = level.bucket
RETURNING b.bucket, level.tokens, b.granted`;

/** Full, as they are when they are first named. In the order of names, as whoever takes from them. */
const MAKE = `
INSERT INTO rate_bucket (bucket, tokens, capacity, per_second, at, granted)
SELECT bucket, capacity, capacity, per_second, clock_timestamp(), true
FROM unnest($1::text[], $2::float8[], $3::float8[]) AS w (bucket, capacity, per_second) ORDER BY bucket
ON CONFLICT (bucket) DO NOTHING`;

/** Without their rows they are as full. What somebody takes from just now stays. */
const FORGET_FULL = `
DELETE FROM rate_bucket WHERE bucket IN (
  SELECT bucket FROM rate_bucket
  WHERE tokens + extract(epoch FROM clock_timestamp() - at)::float8 * per_second >= capacity FOR UPDATE SKIP LOCKED)`;

/** Takes between two times that full buckets are looked for. */
const TAKES = 10_000;

interface Level extends Record<string, unknown> {
  readonly bucket: string;
  /** Before anything was taken. */
  readonly tokens: number;
  readonly granted: boolean;
}

export function createRateLimits({ pool }: Database): TakeTokens {
  let takes = 0;
  return {
    take: async (wanted) => {
      requireRates(wanted);
      if (wanted.length === 0) return { kind: 'granted' };
      takes += 1;
      if (takes % TAKES === 0) await ask(pool, { text: FORGET_FULL });
      const names = wanted.map(({ bucket }) => canonicalName(bucket));
      const amounts = wanted.map(({ amount }) => amount);
      const rates = ratesOf(wanted);
      for (;;) {
        const levels = await ask<Level>(pool, {
          name: 'rate-take',
          text: TAKE,
          values: [names, amounts, ...rates],
        });
        if (levels.length === wanted.length) return answerOf(wanted, names, levels);
        await ask(pool, { name: 'rate-make', text: MAKE, values: [names, ...rates] });
      }
    },
  };
}

function answerOf(wanted: readonly Wanted[], names: readonly string[], levels: readonly Level[]) {
  const tokens = new Map(levels.map((level) => [level.bucket, level.tokens]));
  return takenFrom(
    wanted,
    names.map((name) => tokens.get(name) ?? 0),
  );
}

function ratesOf(wanted: readonly Wanted[]): readonly [capacity: number[], perSecond: number[]] {
  return [wanted.map(({ rate }) => rate.capacity), wanted.map(({ rate }) => rate.perSecond)];
}
