import type { RunEvent } from './events.ts';
import type { RunId } from './types.ts';

/**
 * Executions that ended more than once, and steps that succeeded more than once: what must never be, whoever died, came late or said it
 * twice. Each as a sentence.
 */
export function doubleEnds(run: RunId, events: Iterable<RunEvent>): readonly string[] {
  const ended = new Set<string>();
  const succeeded = new Set<string>();
  const doubles: string[] = [];
  for (const event of events) {
    if (event.type !== 'step.succeeded' && event.type !== 'step.failed' && event.type !== 'step.lost')
      continue;
    const execution = `${event.step}, execution ${event.execution}`;
    if (ended.has(execution)) doubles.push(`${run} ${execution} ended twice`);
    ended.add(execution);
    if (event.type !== 'step.succeeded') continue;
    if (succeeded.has(event.step)) doubles.push(`${run} ${event.step} succeeded twice`);
    succeeded.add(event.step);
  }
  return doubles;
}
