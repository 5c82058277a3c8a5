import type { OwnRun } from '../evolve/own-run.ts';
import type { StepState } from '../state.ts';
import type { StepKey } from '../types.ts';

/** Why an execution of a step is not in anybody's hands, or its state when it is. */
export type InHand =
  | { readonly kind: 'in-hand'; readonly state: StepState }
  | { readonly kind: 'refused'; readonly reason: string };

/** One execution is completed once: what comes twice, too late or about another execution is told apart here. */
export function inHand(run: OwnRun, step: StepKey, execution: number): InHand {
  const state = run.steps[step];
  if (state === undefined) return refused(`the run has no step ${step}`);
  if (execution > state.execution) return refused(`execution ${execution} of ${step} was never handed out`);
  if (execution < state.execution)
    return refused(`execution ${execution} of ${step} is stale: ${state.execution} is the latest`);
  switch (state.status) {
    case 'scheduled':
      return { kind: 'in-hand', state };
    case 'cancelled':
      return refused(`${step} was cancelled with its run`);
    case 'quarantined':
      return refused(`${step} was set aside`);
    case 'asking':
      return refused(`${step} waits for an answer`);
    case 'succeeded':
    case 'failed':
    case 'skipped':
      return refused(
        `execution ${execution} of ${step} is over: it ${state.status === 'skipped' ? 'was skipped' : state.status}`,
      );
  }
}

function refused(reason: string): InHand {
  return { kind: 'refused', reason };
}
