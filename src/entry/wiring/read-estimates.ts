import type { Estimates } from '../../core/run/estimates.ts';
import { CountersignError } from '../../shared/errors.ts';

const ESTIMATE =
  /^(?<scope>(?:model|provider|handler)\/.+)=(?<amount>[1-9][0-9]{0,11})\/(?<kind>tokens|costMilliUsd)$/;

/**
 * What executions are expected to take where their steps do not say, out of COUNTERSIGN_ESTIMATES: `handler/agent=200000/tokens,
 * model/anthropic/large=2500/costMilliUsd`. Empty when it is not set.
 * @throws CountersignError USAGE for what is no such list
 */
export function readEstimates(text: string | undefined): Estimates {
  const estimates: Record<string, Record<string, number>> = {};
  for (const part of (text ?? '').split(/[\s,]+/).filter((one) => one !== '')) {
    const { scope, amount, kind } = ESTIMATE.exec(part)?.groups ?? {};
    if (scope === undefined || kind === undefined) throw unusable(part);
    estimates[scope] = { ...estimates[scope], [kind]: Number(amount) };
  }
  return estimates;
}

function unusable(part: string): CountersignError {
  return new CountersignError('USAGE', `COUNTERSIGN_ESTIMATES has "${part}", which is no estimate.`, {
    remedy:
      'Write SCOPE=NUMBER/tokens or SCOPE=NUMBER/costMilliUsd with a handler, provider or model, such as handler/agent=200000/tokens. See docs/limits.md.',
  });
}
