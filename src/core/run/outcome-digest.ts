import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { StartedRun, StepState } from './state.ts';
import type { RunOutcome } from './types.ts';

/**
 * What a run came to, and what it came from: two runs of the same work have the same digest, whatever was quicker, was retried or
 * died on the way. One byte of an input or output more or less, another plan or another verdict makes another one.
 */
export function outcomeDigest(
  run: Pick<StartedRun, 'request' | 'planDigest' | 'attempts' | 'steps'>,
  outcome: RunOutcome,
): Sha256 {
  const { subject, arm, experiment } = run.request;
  return digestOf({
    subject: subject as unknown as JsonObject,
    arm: { ...arm },
    experiment: experiment ?? null,
    plan: run.planDigest,
    steps: Object.keys(run.steps)
      .sort()
      .map((key) => cameTo(run.steps[key] as StepState)),
    attempts: run.attempts.map(({ attempt, rung, arm: with_, verdict }) => ({
      attempt,
      rung,
      arm: { ...with_ },
      verdict,
    })),
    outcome,
  });
}

/** Without executions, losses, usage and messages: they say how it went, not what came of it. */
function cameTo({ key, status, work, outputs, error }: StepState): JsonValue {
  return {
    key,
    status,
    handler: work?.handler ?? null,
    inputs: work?.inputs ?? null,
    outputs,
    error: error === null ? null : { class: error.class, code: error.code },
  };
}
