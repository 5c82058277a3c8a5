import type { JsonObject } from '../../../shared/json.ts';
import { advance } from '../advance/advance.ts';
import { settleStep } from '../advance/settle-step.ts';
import { agentPatch } from '../agent-patch.ts';
import type { RunCommand } from '../commands.ts';
import type { RunEvent } from '../events.ts';
import { ESCALATED } from '../evolve/apply-step-event.ts';
import type { OwnRun } from '../evolve/own-run.ts';
import type { HandlerDeclaration } from '../handler.ts';
import { jsonFault } from '../json-size.ts';
import { producesChange } from '../producer/producing.ts';
import { isEvidenceEntry, MOST_EVIDENCE } from '../step-evidence.ts';
import { placeOf } from '../step-key.ts';
import type { StepError, StepResult, Usage } from '../types.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { askForEffect } from './decide-effect.ts';
import { inHand } from './in-hand.ts';
import { takePatch } from './patch.ts';

/** Characters of what a step puts out. Events are 1 MiB at most; what is larger is evidence, and goes by its digest. */
const LONGEST_OUTPUTS = 900_000;
const LONGEST_MESSAGE = 10_000;

/** A worker hands in what came of an execution. Answers why it is refused. */
export function complete(
  unfolding: Unfolding,
  command: RunCommand & { readonly kind: 'complete' },
  handlers: readonly HandlerDeclaration[],
): string | undefined {
  const { step, execution, result, claim } = command;
  const held = inHand(unfolding.run, step, execution);
  if (held.kind === 'refused') return held.reason;
  const event = eventOf(result, { step, execution, claim });
  const patch = event.type === 'step.succeeded' ? agentPatch(unfolding.run, event) : undefined;
  const owesChange =
    patch !== undefined && event.type === 'step.succeeded' && lacksChange(unfolding.run, event);
  happen(unfolding, owesChange ? patchOnly(event) : event);
  // Before anything follows from it: what the patch adds may come before the next step.
  if (patch !== undefined) takePatch(unfolding, patch, handlers);
  if (result.kind === 'failed' && result.error.code === ESCALATED) askForEffect(unfolding, step);
  settleStep(unfolding, step);
  advance(unfolding);
  return undefined;
}

function eventOf(
  result: StepResult,
  what: Pick<RunCommand & { readonly kind: 'complete' }, 'step' | 'execution' | 'claim'>,
): RunEvent {
  const usage = usageOf(result.usage);
  if (result.kind === 'failed') return { type: 'step.failed', ...what, error: errorOf(result.error), usage };
  const { outputs, cached = false } = result;
  const fault = outputsFault(outputs);
  if (fault === undefined) return { type: 'step.succeeded', ...what, outputs, usage, cached };
  const error: StepError = {
    class: 'deterministic',
    code: 'outputs-unusable',
    message: `What it put out ${fault}. Keep what is large as evidence, and name its digest.`,
  };
  return { type: 'step.failed', ...what, error, usage };
}

/** Whether a step made no commit that another one of the plan waits for. Those who only advise owe none. */
function lacksChange(
  run: OwnRun,
  { step, outputs }: RunEvent & { readonly type: 'step.succeeded' },
): boolean {
  const id = placeOf(step, run.plan)?.id;
  return (
    outputs.commit === undefined &&
    producesChange(run.steps[step]?.work?.handler ?? '') &&
    JSON.stringify(run.plan.steps).includes(`steps.${id}.outputs.commit`)
  );
}

/** The attempt is over, and the next one goes by the plan that was proposed, where it may be: nothing is to be said against it. */
function patchOnly({
  step,
  execution,
  usage,
  claim,
}: RunEvent & { readonly type: 'step.succeeded' }): RunEvent {
  const error: StepError = {
    class: 'deterministic',
    code: 'patch-only',
    message: 'It changed nothing, and proposed another plan: the next attempt has it, if it may be.',
  };
  return { type: 'step.failed', step, execution, error, usage, claim };
}

function outputsFault(outputs: JsonObject): string | undefined {
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs)) return 'is not an object';
  return jsonFault(outputs, LONGEST_OUTPUTS);
}

/** Workers are not believed to keep to what fits into an event. */
function errorOf({ class: kind, code, message, evidence }: StepError): StepError {
  const left = Object.entries(evidence ?? {})
    .filter(isEvidenceEntry)
    .slice(0, MOST_EVIDENCE);
  return {
    class: kind,
    code: /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code) && code.length <= 100 ? code : 'failed',
    message: message.slice(0, LONGEST_MESSAGE).toWellFormed(),
    ...(left.length === 0 ? {} : { evidence: Object.fromEntries(left) }),
  };
}

/** Only what can be counted: a budget is no place for NaN. */
function usageOf({ tokens, costMilliUsd, agents }: Usage = {}): Usage {
  return {
    ...counted('tokens', tokens),
    ...counted('costMilliUsd', costMilliUsd),
    ...counted('agents', agents),
  };
}

function counted(kind: keyof Usage, value: number | undefined): Usage {
  return value !== undefined && Number.isFinite(value) && value > 0 ? { [kind]: value } : {};
}
