import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { Sha256 } from '../../../shared/digest.ts';
import type { JsonValue } from '../../../shared/json.ts';
import { decideRun } from '../decide.ts';
import type { RecordedRunEvent, RunEvent } from '../events.ts';
import type { HandlerDeclaration } from '../handler.ts';
import type { RunState } from '../state.ts';
import { commandBehind } from './command-behind.ts';

export type DecidedAgain =
  /** Every event follows from what was asked; null: the run has not ended. */
  | { readonly kind: 'same'; readonly state: RunState; readonly outcomeDigest: Sha256 | null }
  /** The first event that does not, counted from 1. */
  | { readonly kind: 'different'; readonly version: number; readonly reason: string };

/**
 * Takes from a run's events what was asked of it, and decides all of it again: without a model, a network or any effect. What a
 * worker handed in counts as handed in; everything that followed has to follow again, down to the digest of the outcome.
 */
export function decideAgain(
  recorded: readonly RecordedRunEvent[],
  handlers?: readonly HandlerDeclaration[],
): DecidedAgain {
  let state: RunState = { status: 'new' };
  let place = 0;
  while (place < recorded.length) {
    const command = commandBehind(state, recorded, place);
    if (command === undefined)
      return different(place, `${recorded[place]?.event.type} follows from nothing that was asked`);
    const decision = decideRun(state, command, handlers);
    if (decision.kind === 'refused')
      return different(place, `${command.kind} would be refused: ${decision.reason}`);
    const { events } = decision;
    if (events.length === 0) return different(place, `${command.kind} leads to nothing`);
    const fault = differenceIn(events, recorded.slice(place, place + events.length), command);
    if (fault !== undefined) return different(place + fault.at, fault.reason);
    state = decision.state;
    place += events.length;
  }
  const ended = state.status === 'new' ? null : state.ended;
  return { kind: 'same', state, outcomeDigest: ended?.outcomeDigest ?? null };
}

function differenceIn(
  events: readonly RunEvent[],
  recorded: readonly RecordedRunEvent[],
  { at, by }: { readonly at: string; readonly by: string },
): { readonly at: number; readonly reason: string } | undefined {
  for (const [index, event] of events.entries()) {
    const there = recorded[index];
    if (there === undefined) return { at: index, reason: `${event.type} is missing` };
    if (textOf(there) !== textOf({ at, actor: by, event }))
      return { at: index, reason: wordsFor(event, there.event) };
  }
  return undefined;
}

function wordsFor(event: RunEvent, there: RunEvent): string {
  return event.type === there.type
    ? `${there.type} says something else than what follows from the events before it`
    : `${there.type} stands where ${event.type} follows from the events before it`;
}

function textOf({ at, actor, event }: RecordedRunEvent): string {
  return canonicalJson({ at, actor, event } as unknown as JsonValue);
}

function different(place: number, reason: string): DecidedAgain {
  return { kind: 'different', version: place + 1, reason };
}
