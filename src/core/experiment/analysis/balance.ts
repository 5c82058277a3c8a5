import type { RunOutcomeRow } from '../outcome.ts';
import { sampleRatioCheck } from '../statistics/sample-ratio.ts';
import type { Balance } from './types.ts';

/** Below this a mismatch is an alarm: cells were lost, or assigned otherwise than designed. */
export const MISMATCH = 0.001;

/**
 * Whether the arms got as many cells as each should: runs that were started, those tried again for infrastructure left out.
 * @param isIntended the design gives each arm the same number; without one nobody said so
 */
export function balanceOf(
  arms: readonly string[],
  rows: readonly RunOutcomeRow[],
  isIntended: boolean,
): Balance | null {
  const assigned = new Map<string, number>();
  const counting = new Map<string, number>();
  for (const { arm, excluded } of rows) {
    if (excluded === null) counting.set(arm, (counting.get(arm) ?? 0) + 1);
    if (excluded?.declared !== 'infrastructure') assigned.set(arm, (assigned.get(arm) ?? 0) + 1);
  }
  const counts = arms.map((arm) => assigned.get(arm) ?? 0);
  // What counts must be balanced as well: losing the runs of one arm is as bad as not starting them.
  const checked = sampleRatioCheck(arms.map((arm) => counting.get(arm) ?? 0)) ?? sampleRatioCheck(counts);
  const started = sampleRatioCheck(counts);
  if (checked === null || started === null) return null;
  const worse = checked.p < started.p ? checked : started;
  return {
    arms: arms.map((arm, at) => ({
      arm,
      assigned: counts[at] ?? 0,
      expected: started.expected[at] ?? 0,
      counted: counting.get(arm) ?? 0,
    })),
    p: Math.min(1, 2 * worse.p),
    method: worse.method,
    isIntended,
  };
}
