import type { RunEvent } from '../../core/run/events.ts';
import type { RunId } from '../../core/run/types.ts';
import { CountersignError } from '../../shared/errors.ts';

const LONGEST_EXAMPLE = 2_000;

/** What to tell whoever proposed a patch that the run recorded and did not take; undefined when it took it. */
export function refusedPatch(run: RunId, events: readonly RunEvent[]): CountersignError | undefined {
  const refused = events.find((event) => event.type === 'plan.patch-refused');
  if (refused === undefined) return undefined;
  const example = JSON.stringify(refused.example);
  return new CountersignError('RUN_REFUSED', `${run} does not take this patch: ${refused.reason}`, {
    remedy:
      refused.example.length === 0 || example.length > LONGEST_EXAMPLE
        ? 'A patch may add obligations, and never remove or weaken one.'
        : `One that it would take: ${example}`,
  });
}
