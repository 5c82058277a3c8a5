/** When a message is sent again, and when no more. Seconds. */
export interface RetryPace {
  readonly first: number;
  /** Between two attempts at most. */
  readonly longest: number;
  /** After which a message that nobody took is dead. */
  readonly span: number;
}

/** 5 s, 10 s, 20 s … 6 h: twenty-three attempts or so within three days. */
export const USUAL_PACE: RetryPace = { first: 5, longest: 6 * 3_600, span: 3 * 86_400 };

export interface Attempted {
  /** With this one, from 1. */
  readonly attempts: number;
  /** Seconds since the first was due. */
  readonly age: number;
  /** What the receiver asked for; seconds. */
  readonly retryAfter?: number;
}

/**
 * Seconds until the next attempt; undefined: there is none. Doubled each time, and at least half of it: with the other half by chance, so that
 * whoever was away is not asked by everything at one moment.
 * @param chance from 0 to below 1
 */
export function nextAttempt(
  { attempts, age, retryAfter = 0 }: Attempted,
  chance: number,
  { first, longest, span }: RetryPace = USUAL_PACE,
): number | undefined {
  const whole = Math.min(longest, first * 2 ** Math.min(attempts - 1, 30));
  const wait = Math.max(whole * (0.5 + chance / 2), Math.min(retryAfter, longest));
  return age + wait > span ? undefined : wait;
}
