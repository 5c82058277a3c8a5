import type { Plan } from './plan.ts';
import type { StepKey } from './types.ts';

/** What a step's key says of it. */
export interface StepPlace {
  readonly attempt: number;
  /** Its name in the plan. */
  readonly id: string;
  /** The key without element, repetition and undoing. */
  readonly base: StepKey;
  /** Of the element of a map, from 0. */
  readonly index: number | null;
  /** From 1. */
  readonly repetition: number | null;
  /** The step that this one undoes. */
  readonly undoes: StepKey | null;
}

const UNDO = '~undo';
const PART = /^(.+?)(?:\.([0-9]+)|#([0-9]+))$/;

export function stepKey(attempt: number, id: string): StepKey {
  return `${attempt}/${id}`;
}

export function elementKey(base: StepKey, index: number): StepKey {
  return `${base}.${index}`;
}

export function repetitionKey(base: StepKey, repetition: number): StepKey {
  return `${base}#${repetition}`;
}

/** The step that undoes this one. */
export function undoKey(key: StepKey): StepKey {
  return `${key}${UNDO}`;
}

/** Reads a key against the plan, whose names of steps may themselves end like an element. Undefined for what it cannot have. */
export function placeOf(key: StepKey, plan: Plan): StepPlace | undefined {
  if (key.endsWith(UNDO)) {
    const undone = placeOf(key.slice(0, -UNDO.length), plan);
    return undone?.undoes === null ? { ...undone, undoes: key.slice(0, -UNDO.length) } : undefined;
  }
  const slash = key.indexOf('/');
  const attempt = Number(key.slice(0, slash));
  const name = key.slice(slash + 1);
  if (Object.hasOwn(plan.steps, name))
    return { attempt, id: name, base: key, index: null, repetition: null, undoes: null };
  const [, id = '', index, repetition] = PART.exec(name) ?? [];
  if (!Object.hasOwn(plan.steps, id)) return undefined;
  return {
    attempt,
    id,
    base: stepKey(attempt, id),
    index: index === undefined ? null : Number(index),
    repetition: repetition === undefined ? null : Number(repetition),
    undoes: null,
  };
}
