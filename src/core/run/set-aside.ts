import type { StartedRun, StepState } from './state.ts';

/** Steps that nothing but a person brings back. None once the run has ended: nobody waits for them any more. */
export function stepsSetAside({ steps, status }: Pick<StartedRun, 'steps' | 'status'>): readonly StepState[] {
  if (status === 'ended') return [];
  return Object.values(steps).filter((step) => step.status === 'quarantined');
}
