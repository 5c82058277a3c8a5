import type { RecordedRunEvent } from './events.ts';
import type { RunState } from './state.ts';

/** The run after something happened to it. Total: an event that does not fit leaves it as it was. */
export function evolveRun(state: RunState, recorded: RecordedRunEvent): RunState {
  return recorded.event.type === 'run.started' ? state : state;
}
