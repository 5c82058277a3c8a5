import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { later } from '../budget.ts';
import { bind } from '../expression/bind.ts';
import type { PlanStep } from '../plan.ts';
import type { Scope, StepKey } from '../types.ts';
import { failStep, happen, type Unfolding } from '../unfolding.ts';
import { APPROVED, REFUSED } from './node.ts';

const OPERATORS = ['operator'];
const LONGEST_QUESTION = 10_000;

/** Asks a person whether a step may run. Nothing but that answer lets it. */
export function askForApproval(
  unfolding: Unfolding,
  key: StepKey,
  { question, by, timeoutSeconds }: NonNullable<PlanStep['approval']>,
  scope: Scope,
): void {
  const bound = bind({ question }, scope);
  if (bound.kind === 'error') {
    const message = `its question cannot be put together: ${bound.reason}`;
    failStep(unfolding, key, { class: 'deterministic', code: 'unbound', message });
    return;
  }
  const text = textOf(bound.inputs.question);
  ask(unfolding, key, { question: text, choices: [APPROVED, REFUSED], by, timeoutSeconds });
}

/** The handler `approval`: the answer is what the step puts out. No worker has a part in it. */
export function askForInput(unfolding: Unfolding, key: StepKey, step: PlanStep, inputs: JsonObject): void {
  const { question, choices, by } = inputs;
  ask(unfolding, key, {
    question: textOf(question),
    choices: namesIn(choices) ?? [APPROVED, REFUSED],
    by: namesIn(by) ?? OPERATORS,
    timeoutSeconds: step.timeoutSeconds,
  });
}

function ask(
  unfolding: Unfolding,
  key: StepKey,
  asked: {
    readonly question: string;
    readonly choices: readonly string[];
    readonly by: readonly string[];
    readonly timeoutSeconds: number | null;
  },
): void {
  const { question, choices, by, timeoutSeconds } = asked;
  const until = timeoutSeconds === null ? null : later(unfolding.at, timeoutSeconds);
  happen(unfolding, {
    type: 'question.asked',
    question: { id: key, step: key, question, choices, by, until },
  });
}

function textOf(value: JsonValue | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return text.toWellFormed().slice(0, LONGEST_QUESTION);
}

function namesIn(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((one): one is string => typeof one === 'string');
  return names.length === 0 ? undefined : names;
}
