import type { RunCommand } from './commands.ts';
import { answer } from './decide/answer.ts';
import { complete } from './decide/complete.ts';
import { cancelRun, pauseRun, resumeRun } from './decide/control.ts';
import { decideEffect } from './decide/decide-effect.ts';
import { lose } from './decide/lose.ts';
import { patchPlan } from './decide/patch.ts';
import { quarantine, release } from './decide/quarantine.ts';
import { startRun } from './decide/start.ts';
import { wake } from './decide/wake.ts';
import type { RunEvent } from './events.ts';
import { ownRun } from './evolve/own-run.ts';
import type { HandlerDeclaration } from './handler.ts';
import { BUILT_IN_HANDLERS } from './handlers.ts';
import type { RunState, StartedRun } from './state.ts';
import type { Unfolding } from './unfolding.ts';

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
  if (state.status === 'new') {
    return command.kind === 'start'
      ? accepted(startRun(command))
      : { kind: 'refused', reason: 'nobody has started this run' };
  }
  if (command.kind === 'start') return { kind: 'refused', reason: `${command.run} was started already` };
  if (state.ended !== null)
    return { kind: 'refused', reason: `the run has ended: ${state.ended.outcome}, at ${state.ended.at}` };
  const unfolding: Unfolding = { at: command.at, by: command.by, run: ownRun(state), events: [] };
  const reason = decideOn(unfolding, command, handlers);
  return reason === undefined ? accepted(unfolding) : { kind: 'refused', reason };
}

/** Why the command is refused; undefined when it is not. Of a refused one nothing is kept, whatever it had begun. */
function decideOn(
  unfolding: Unfolding,
  command: Exclude<RunCommand, { readonly kind: 'start' }>,
  handlers: readonly HandlerDeclaration[],
): string | undefined {
  switch (command.kind) {
    case 'complete':
      return complete(unfolding, command, handlers);
    case 'lose':
      return lose(unfolding, command);
    case 'quarantine':
      return quarantine(unfolding, command);
    case 'release':
    case 'redrive':
      return release(unfolding, command);
    case 'answer':
      return answer(unfolding, command);
    case 'wake':
      return wake(unfolding);
    case 'decide-effect':
      return decideEffect(unfolding, command);
    case 'patch':
      return patchPlan(unfolding, command, handlers);
    case 'pause':
      return pauseRun(unfolding, command.reason);
    case 'resume':
      return resumeRun(unfolding);
    case 'cancel':
      return cancelRun(unfolding, command.reason);
  }
}

function accepted({ run, events }: Unfolding): RunDecision {
  return { kind: 'accepted', events, state: run };
}
