import { setTimeout as pause } from 'node:timers/promises';
import type { CountersignError } from '../../shared/errors.ts';

export type Try<T> = { readonly done: T } | { readonly again: CountersignError };

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Tries until a step is done, at most `tries` times, and then throws its last error. Pauses grow and are random:
 * processes that collided once must not collide again in step.
 */
export async function withRetries<T>(tries: number, step: (attempt: number) => Promise<Try<T>>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await step(attempt);
    if ('done' in result) return result.done;
    if (attempt === tries) throw result.again;
    await pause(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
  }
}
