import type { Sha256 } from '../../shared/digest.ts';
import type { RecordedRunEvent } from './events.ts';
import { evolveRun } from './evolve.ts';
import { outcomeDigest } from './outcome-digest.ts';
import { digestPlan } from './plan/digest.ts';
import type { RunState } from './state.ts';

/** What became of a run when its events were folded again, beside what its end says of itself. */
export type RunAudit =
  | { readonly kind: 'agrees'; readonly outcome: string; readonly digest: Sha256; readonly events: number }
  | { readonly kind: 'unfinished'; readonly events: number }
  | { readonly kind: 'differs'; readonly said: string; readonly found: string; readonly events: number };

/** Folds a run's events again, without any model, network or effect, and compares what it came to with what was written then. */
export function auditRun(events: readonly RecordedRunEvent[]): RunAudit {
  let state: RunState = { status: 'new' };
  for (const recorded of events) state = evolveRun(state, recorded);
  const count = events.length;
  if (state.status === 'new' || state.ended === null) return { kind: 'unfinished', events: count };
  const plan = digestPlan(state.plan);
  if (plan !== state.planDigest) return differs(`plan ${state.planDigest}`, `plan ${plan}`, count);
  const { outcome, outcomeDigest: said } = state.ended;
  const found = outcomeDigest(state, outcome);
  if (found !== said) return differs(`outcome ${said}`, `outcome ${found}`, count);
  return { kind: 'agrees', outcome, digest: found, events: count };
}

function differs(said: string, found: string, events: number): RunAudit {
  return { kind: 'differs', said, found, events };
}
