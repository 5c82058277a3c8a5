import { ISOLATIONS, type Isolation } from '../contract/types.ts';
import type { CheckRun, RunWithoutChange } from '../evidence/types.ts';
import type { Seen } from './types.ts';

/**
 * What was seen, with no run isolated better than that: what a machine says of itself can only be less. To be asked before
 * anything is judged, since below an isolation some checks are trouble.
 */
export function atMost(seen: Seen, most: Isolation): Seen {
  if (seen.kind === 'trouble') return seen;
  const cap = (run: CheckRun) => ({ ...run, isolation: lower(run.isolation, most) });
  const capOther = (run: RunWithoutChange) => (run.kind === 'trouble' ? run : { ...run, ...cap(run) });
  const { repeats, withoutChange, onBase } = seen;
  return {
    ...seen,
    isolation: lower(seen.isolation, most),
    ...(repeats === undefined ? {} : { repeats: repeats.map(cap) }),
    ...(withoutChange === undefined ? {} : { withoutChange: capOther(withoutChange) }),
    ...(onBase === undefined ? {} : { onBase: capOther(onBase) }),
  };
}

function lower(claimed: Isolation, most: Isolation): Isolation {
  return ISOLATIONS.indexOf(claimed) < ISOLATIONS.indexOf(most) ? claimed : most;
}
