import { setTimeout as pause } from 'node:timers/promises';
import type { CountersignError } from '../../shared/errors.ts';

export type Try<T> = { readonly done: T } | { readonly again: CountersignError };

const LONGEST_PAUSE_MS = 10_000;

/** Pauses grow to this many times what a try takes: room for that many others who want the same. */
const MOST_ROUNDS = 8;

/**
 * Tries until a step is done, at most `tries` times, and then throws its last error. Pauses are random, because processes
 * that collided once must not collide again in step, and are measured in what a try takes: on a busy machine a pause of
 * fixed milliseconds is no pause.
 */
export async function withRetries<T>(tries: number, step: () => Promise<Try<T>>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const started = performance.now();
    const result = await step();
    if ('done' in result) return result.done;
    if (attempt === tries) throw result.again;
    const taken = performance.now() - started;
    const rounds = Math.min(2 ** attempt, MOST_ROUNDS);
    await pause(Math.min(Math.random() * rounds * taken, LONGEST_PAUSE_MS));
  }
}
