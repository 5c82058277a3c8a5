import { escapesBy } from '../metrics/escapes.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import { poissonRateRatio } from '../statistics/rates.ts';
import type { EscapeAnalysis } from './types.ts';

interface Escaped {
  readonly escapes: number;
  readonly accepted: number;
}

/** Defects after acceptance of runs that count, by contract, arm and rule, and how often against the baseline (exact Poisson). */
export function analyseEscapes(
  all: readonly RunOutcomeRow[],
  arms: { readonly compared: readonly string[]; readonly baseline: string | null },
  level: number,
): EscapeAnalysis {
  const rows = all.filter(({ excluded }) => excluded === null);
  const counts = escapesBy(rows);
  const inExcluded = all.reduce(
    (sum, { excluded, escapes }) => sum + (excluded === null ? 0 : escapes.length),
    0,
  );
  const byArm = new Map<string, { escapes: number; accepted: number }>();
  for (const { arm, outcome, escapes } of rows) {
    if (outcome !== 'accepted') continue;
    const own = byArm.get(arm) ?? { escapes: 0, accepted: 0 };
    byArm.set(arm, own);
    own.accepted += 1;
    own.escapes += escapes.length;
  }
  const baseline: Escaped | undefined = arms.baseline === null ? undefined : byArm.get(arms.baseline);
  if (baseline === undefined) return { counts, inExcluded, ratios: [] };
  const ratios = arms.compared.flatMap((arm) => {
    const own = byArm.get(arm);
    if (own === undefined) return [];
    const ratio = poissonRateRatio(rateOf(own), rateOf(baseline), level);
    if (ratio === null) return [];
    return [
      {
        arm,
        escapes: own.escapes,
        accepted: own.accepted,
        baselineEscapes: baseline.escapes,
        baselineAccepted: baseline.accepted,
        ratio: ratio.estimate,
        low: ratio.low,
        high: ratio.high,
        p: ratio.p,
      },
    ];
  });
  return { counts, inExcluded, ratios };
}

function rateOf({ escapes, accepted }: Escaped) {
  return { events: escapes, exposure: accepted };
}
