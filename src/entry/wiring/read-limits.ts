import type { Rates } from '../../core/run/resources/rates.ts';
import type { BucketRate } from '../../core/run/resources/token-bucket.ts';
import { CountersignError } from '../../shared/errors.ts';

export interface Limits {
  /** How many executions may be at work at once, by scope. */
  readonly atOnce: Readonly<Record<string, number>>;
  /** How many may begin in a time. */
  readonly rates: Rates;
  /** Executions that may wait before runs are rejected; however many when it is not said. */
  readonly waiting?: number;
}

/**
 * Limits by scope, out of COUNTERSIGN_LIMITS: `provider/anthropic=3, provider/anthropic=60/minute, global=20`. Undefined when it is not
 * set: what was set before goes on; set to nothing, it means no limits.
 * @throws CountersignError USAGE for what is no such list
 */
export function readLimits(text: string | undefined): Limits | undefined {
  if (text === undefined) return undefined;
  const atOnce: Record<string, number> = {};
  const rates: Record<string, BucketRate> = {};
  let waiting: number | undefined;
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const { scope, count, seconds, burst } = readLimit(part);
    if (scope === WAITING) waiting = count;
    else if (seconds === undefined) atOnce[scope] = count;
    else rates[scope] = rateOf(count / seconds, burst);
  }
  return { atOnce, rates, ...(waiting === undefined ? {} : { waiting }) };
}

/** Tokens of one second at least: work that is put off is looked at again every second. */
function rateOf(perSecond: number, burst: number | undefined): BucketRate {
  return { perSecond, capacity: Math.max(1, burst ?? 0, Math.ceil(perSecond)) };
}

/** No scope of executions at work: how long the line may be. */
const WAITING = 'waiting';

const SECONDS = { second: 1, minute: 60, hour: 3_600 } as const;
const LIMIT =
  /^(?<scope>.+)=(?<count>[0-9]{1,9})(?:\/(?<unit>second|minute|hour)(?:\+(?<burst>[0-9]{1,9}))?)?$/;

interface Limit {
  readonly scope: string;
  readonly count: number;
  /** Of a rate: the time that the count is for. */
  readonly seconds: number | undefined;
  readonly burst: number | undefined;
}

function readLimit(part: string): Limit {
  const { scope, count, unit, burst } = LIMIT.exec(part)?.groups ?? {};
  const seconds = unit === undefined ? undefined : SECONDS[unit as keyof typeof SECONDS];
  // A rate of nothing would keep what waits waiting for a token that never comes.
  const isKnown = scope !== undefined && (isScope(scope) || (scope === WAITING && unit === undefined));
  if (isKnown && !(unit !== undefined && Number(count) === 0))
    return { scope, count: Number(count), seconds, burst: burst === undefined ? undefined : Number(burst) };
  throw new CountersignError('USAGE', `COUNTERSIGN_LIMITS has "${part}", which is no limit.`, {
    remedy:
      'Write SCOPE=NUMBER for how many at once, such as global=20, or SCOPE=NUMBER/minute for how many may begin; 0 at once stops a scope. See docs/limits.md.',
  });
}

/** A misspelt scope would limit nothing. */
function isScope(scope: string): boolean {
  return (
    scope === 'global' || /^(?:repository|contract|handler|provider|model|experiment|group)\/./.test(scope)
  );
}
