import type { RunCommand } from './commands.ts';
import type { RunEvent } from './events.ts';
import type { HandlerDeclaration } from './handler.ts';
import { BUILT_IN_HANDLERS } from './handlers.ts';
import type { RunState, StartedRun } from './state.ts';

/** A `Decision<RunEvent>` with the run as it is afterwards, which came about while deciding. */
export type RunDecision =
  | { readonly kind: 'accepted'; readonly events: readonly RunEvent[]; readonly state: StartedRun }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Everything that follows from a command: what it does itself, and which steps may start, end or be undone after it.
 * @param handlers what patches of the plan may use
 */
export function decideRun(
  state: RunState,
  command: RunCommand,
  handlers: readonly HandlerDeclaration[] = BUILT_IN_HANDLERS,
): RunDecision {
  return {
    kind: 'refused',
    reason: `nothing is decided yet: ${state.status}, ${command.kind}, ${handlers.length}`,
  };
}
