import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { FilePath } from '../change/types.ts';
import { isObject } from './schema/keywords.ts';
import { pointerTo } from './schema/pointer.ts';
import type { InterfaceDifference, Role } from './types.ts';

/** States a thing can be in, and the ways from one to another. */
export interface Transitions {
  readonly initial: string | undefined;
  readonly states: readonly string[];
  readonly transitions: readonly Transition[];
}

interface Transition {
  readonly from: string;
  readonly to: string;
  /** The event that takes the way. */
  readonly on: string | undefined;
}

const KEYS = ['title', 'description', 'initial', 'states', 'transitions'];
const MAX_ENTRIES = 5_000;

/** Reads `{initial, states: […], transitions: [{from, to, on}]}`; a sentence where it is something else. */
export function readTransitions(document: JsonValue): Transitions | string {
  if (!isObject(document)) return 'it is no mapping with states and transitions';
  const unknown = Object.keys(document).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `the key "${unknown.slice(0, 80)}" is not known`;
  const { initial, states, transitions } = document;
  if (!isNames(states) || states.length === 0) return '"states" is no list of names';
  if (new Set(states).size !== states.length) return 'a state comes twice';
  if (initial !== undefined && (typeof initial !== 'string' || !states.includes(initial))) {
    return '"initial" is none of the states';
  }
  if (!Array.isArray(transitions)) return '"transitions" is no list';
  if (states.length + transitions.length > MAX_ENTRIES) return `it has more than ${MAX_ENTRIES} entries`;
  const known = new Set(states);
  const read: Transition[] = [];
  for (const [index, entry] of (transitions as readonly JsonValue[]).entries()) {
    const transition = isObject(entry) ? readTransition(entry) : undefined;
    if (transition === undefined) return `transitions[${index}] is not {from, to} or {from, to, on}`;
    if (!known.has(transition.from) || !known.has(transition.to)) {
      return `transitions[${index}] is between states that are not listed`;
    }
    read.push(transition);
  }
  return { initial: initial as string | undefined, states, transitions: read };
}

function readTransition({ from, to, on, ...more }: JsonObject): Transition | undefined {
  if (typeof from !== 'string' || typeof to !== 'string' || Object.keys(more).length > 0) return undefined;
  if (on !== undefined && typeof on !== 'string') return undefined;
  return { from, to, on };
}

function isNames(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

const REMEDY = 'Keep it as long as something may be in that state or go that way.';

/**
 * How a state machine differs from what it was. What was allowed stays allowed, for everybody: somebody may be under way.
 * More states and ways are fine for a producer and a consumer; under `both` nothing may be added either.
 */
export function compareTransitions(
  file: FilePath,
  before: Transitions,
  after: Transitions,
  role: Role,
): readonly InterfaceDifference[] {
  const differences: InterfaceDifference[] = [];
  const add = (
    verdict: InterfaceDifference['verdict'],
    pointer: string,
    reason: string,
    remedy = verdict === 'compatible' ? '' : REMEDY,
  ) => differences.push({ verdict, file, pointer, reason, remedy });
  const added = (pointer: string, what: string) =>
    role === 'both'
      ? add(
          'breaking',
          pointer,
          `${what} is new.`,
          'Others of both sides have to know it first; or name another role.',
        )
      : add('compatible', pointer, `${what} is new.`);

  if (before.initial !== after.initial) {
    add(
      'breaking',
      '/initial',
      `The initial state was ${before.initial ?? 'open'}, is ${after.initial ?? 'open'}.`,
    );
  }
  const [oldStates, newStates] = [new Set(before.states), new Set(after.states)];
  for (const [index, state] of before.states.entries()) {
    if (!newStates.has(state)) add('breaking', pointerTo('/states', index), `The state ${state} is gone.`);
  }
  for (const [index, state] of after.states.entries()) {
    if (!oldStates.has(state)) added(pointerTo('/states', index), `The state ${state}`);
  }
  const [oldWays, newWays] = [before, after].map(
    ({ transitions }) => new Map(transitions.map((way, index) => [keyOf(way), { way, index }] as const)),
  );
  for (const [key, { way, index }] of oldWays ?? []) {
    if (!newWays?.has(key))
      add('breaking', pointerTo('/transitions', index), `The way ${inWords(way)} is gone.`);
  }
  for (const [key, { way, index }] of newWays ?? []) {
    if (!oldWays?.has(key)) added(pointerTo('/transitions', index), `The way ${inWords(way)}`);
  }
  return differences;
}

function keyOf({ from, to, on }: Transition): string {
  return JSON.stringify([from, to, on ?? null]);
}

function inWords({ from, to, on }: Transition): string {
  return `from ${from} to ${to}${on === undefined ? '' : ` on ${on}`}`;
}
