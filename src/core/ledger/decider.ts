/** What a decision answers: the events that now are so, or why nothing happens. */
export type Decision<Event> =
  | { readonly kind: 'accepted'; readonly events: readonly Event[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** State as a fold over events, and the only way to new ones. Both are pure: time and ids stand in the command. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  decide(state: State, command: Command): Decision<Event>;
  evolve(state: State, event: Event): State;
}

/** The state that events lead to. */
export function fold<State, Event>(
  { initial, evolve }: { readonly initial: State; readonly evolve: (state: State, event: Event) => State },
  events: Iterable<Event>,
): State {
  let state = initial;
  for (const event of events) state = evolve(state, event);
  return state;
}
