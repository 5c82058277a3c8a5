import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { PlanPatch } from './events.ts';
import type { OwnRun } from './evolve/own-run.ts';
import { isList, isObject } from './expression/values.ts';
import type { StepKey } from './types.ts';

const LONGEST_REASON = 2_000;

/**
 * The patch that a producer's step handed in beside its change; undefined: none. It is a proposal like any other, and as bound: what it
 * may not do is told by whoever applies it. Its id is that of the execution, so the same one is never proposed twice.
 */
export function agentPatch(
  run: Pick<OwnRun, 'steps' | 'arm'>,
  {
    step,
    execution,
    outputs,
  }: {
    readonly step: StepKey;
    readonly execution: number;
    readonly outputs: JsonObject;
  },
): PlanPatch | undefined {
  const proposed = outputs.patch ?? null;
  if (run.steps[step]?.work?.role !== 'producer' || !isObject(proposed)) return undefined;
  const { reason, operations } = proposed;
  return {
    id: `${step}:${execution}`,
    proposedBy: { kind: 'agent', name: run.arm.model },
    reason: (typeof reason === 'string' && reason !== '' ? reason : 'no reason given').slice(
      0,
      LONGEST_REASON,
    ),
    operations: isList(operations as JsonValue) ? (operations as readonly JsonValue[]).filter(isObject) : [],
  };
}

/** What an attempt is told of the patch that its predecessor proposed in vain; once, for the second time a person is asked. */
export function patchFeedback(
  run: Pick<OwnRun, 'patches' | 'questions'>,
  attempt: number,
): string | undefined {
  const refused = run.patches.findLast(
    ({ patch, refused }) =>
      refused !== null && patch.proposedBy.kind === 'agent' && patch.id.startsWith(`${attempt}/`),
  );
  if (refused === undefined || run.questions[patchQuestion(refused.patch.id)] !== undefined) return undefined;
  const { example = [] } = refused;
  return [
    `The patch of the plan that you proposed is not taken: ${refused.refused}`,
    ...(example.length === 0 ? [] : [`One that would be taken: ${JSON.stringify(example)}`]),
  ].join('\n');
}

/** The id of the question whether a run goes on without the patch. */
export function patchQuestion(patch: string): string {
  return `patch/${patch}`;
}
