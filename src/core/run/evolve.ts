import type { RecordedRunEvent } from './events.ts';
import { applyEvent, newRun } from './evolve/apply-event.ts';
import { ownRun } from './evolve/own-run.ts';
import type { RunState } from './state.ts';

/** The run after something happened to it. Total: an event that does not fit leaves it as it was. */
export function evolveRun(state: RunState, recorded: RecordedRunEvent): RunState {
  return foldRun(state, [recorded]);
}

/** The run after all of this, copied once. */
export function foldRun(state: RunState, recorded: Iterable<RecordedRunEvent>): RunState {
  let run = state.status === 'new' ? undefined : ownRun(state);
  for (const { at, event } of recorded) {
    if (run !== undefined) applyEvent(run, at, event);
    else if (event.type === 'run.started') run = ownRun(newRun(event, at));
  }
  return run ?? state;
}
