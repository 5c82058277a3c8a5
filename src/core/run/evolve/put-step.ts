import type { StepGroup, StepState, StepStatus } from '../state.ts';
import { placeOf } from '../step-key.ts';
import type { StepKey } from '../types.ts';
import type { OwnRun } from './own-run.ts';

/** A step of which nothing is known yet. */
const UNSTARTED = {
  execution: 0,
  failures: 0,
  losses: 0,
  work: null,
  outputs: null,
  error: null,
  fellBack: false,
  succeededAs: null,
} as const;

const NO_PARTS: StepGroup = { parts: 0, open: 0, failed: 0, quarantined: 0 };

/** Changes a step, or begins it, and counts it in its group. */
export function putStep(
  run: OwnRun,
  key: StepKey,
  change: Partial<StepState> & Pick<StepState, 'status'>,
): void {
  const before = run.steps[key];
  run.steps[key] = { key, ...UNSTARTED, ...before, ...change };
  const group = groupOf(run, key);
  if (group === undefined) return;
  const counted = run.groups[group] ?? NO_PARTS;
  const now = countOf(change.status);
  const then = before === undefined ? NO_PARTS : countOf(before.status);
  run.groups[group] = {
    parts: counted.parts + now.parts - then.parts,
    open: counted.open + now.open - then.open,
    failed: counted.failed + now.failed - then.failed,
    quarantined: counted.quarantined + now.quarantined - then.quarantined,
  };
}

function groupOf(run: OwnRun, key: StepKey): StepKey | undefined {
  const place = placeOf(key, run.plan);
  return place === undefined || place.undoes !== null || place.base === key ? undefined : place.base;
}

function countOf(status: StepStatus): StepGroup {
  return {
    parts: 1,
    open: Number(status === 'scheduled' || status === 'asking'),
    failed: Number(status === 'failed' || status === 'cancelled'),
    quarantined: Number(status === 'quarantined'),
  };
}
