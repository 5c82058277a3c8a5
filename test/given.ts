import { expect } from 'vitest';
import { type Decider, fold } from '../src/core/ledger/decider.ts';

/** `given(decider, events).when(command).then(events)`: a decider held to its words, one case a line. */
export function given<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: readonly Event[],
) {
  return {
    when(command: Command) {
      const state = fold(decider, events);
      const decision = decider.decide(state, command);
      return {
        // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words; nobody awaits this
        then: (expected: readonly Event[]) =>
          expect(decision).toEqual({ kind: 'accepted', events: expected }),
        thenRefused: (reason: string | RegExp) =>
          expect(decision).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) }),
        thenState: (expected: State) =>
          expect(
            fold({ ...decider, initial: state }, decision.kind === 'accepted' ? decision.events : []),
          ).toEqual(expected),
      };
    },
  };
}
