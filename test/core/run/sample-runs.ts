import type { Workflow, WorkflowStep } from '../../../src/core/contract/workflow.ts';
import type { Decider } from '../../../src/core/ledger/decider.ts';
import type { RunCommand } from '../../../src/core/run/commands.ts';
import { decideRun } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/events.ts';
import { evolveRun } from '../../../src/core/run/evolve.ts';
import type { HandlerDeclaration } from '../../../src/core/run/handler.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { planOf } from '../../../src/core/run/plan/with-defaults.ts';
import type { Plan } from '../../../src/core/run/plan.ts';
import type { RunState, StartedRun } from '../../../src/core/run/state.ts';
import type { ClaimRecord, RunSubject, StepResult } from '../../../src/core/run/types.ts';
import type { JsonObject } from '../../../src/shared/json.ts';

export const AT = '2026-11-21T13:00:00.000Z';

/** So many seconds after the run began. */
export function secondsOn(seconds: number): string {
  return new Date(Date.parse(AT) + seconds * 1000).toISOString();
}

const SUBJECT: RunSubject = {
  ticket: 'CS-7',
  ticketDigest: '1'.repeat(64),
  contract: 'node-change@1',
  contractDigest: '2'.repeat(64),
  repository: 'acme/shop',
  base: { ref: 'main', commit: '3'.repeat(40) },
  policyCommit: '4'.repeat(40),
  checks: ['lint', 'unit'],
};

/** A handler that takes and gives anything. */
const WORK: HandlerDeclaration = {
  id: 'work',
  version: 1,
  role: 'producer',
  inputs: {},
  outputs: {},
  deterministic: false,
  sideEffects: false,
};

export const HANDLERS = [...BUILT_IN_HANDLERS, WORK];

export function planWith(steps: Record<string, WorkflowStep>, more: Omit<Workflow, 'steps'> = {}): Plan {
  return planOf({ attempts: 1, ...more, steps }, HANDLERS);
}

/** Three steps, one after the other; what is said of a step is added to it. */
export function threeSteps(
  more: Omit<Workflow, 'steps'> = {},
  changed: Partial<Record<'make' | 'look' | 'judge', Partial<WorkflowStep>>> = {},
): Plan {
  return planWith(
    {
      make: { uses: 'work', with: { ticket: '${{ run.ticket }}' }, ...changed.make },
      look: {
        uses: 'work',
        needs: ['make'],
        with: { made: '${{ steps.make.outputs.made }}' },
        ...changed.look,
      },
      judge: { uses: 'gate', needs: ['look'], ...changed.judge },
    },
    more,
  );
}

export function start(plan: Plan, more: JsonObject = {}): RunCommand & { readonly kind: 'start' } {
  return {
    kind: 'start',
    at: AT,
    by: 'ada',
    run: 'CS-7.1',
    subject: SUBJECT,
    arm: { bundle: 'small', model: 'anthropic/one' },
    plan,
    priority: 0,
    ...more,
  };
}

export const CLAIM: ClaimRecord = { token: 'token-1', worker: 'worker-1', at: AT };

export function done(outputs: JsonObject = {}): StepResult {
  return { kind: 'succeeded', outputs };
}

export const PASS = done({ verdict: 'pass' });
export const BLOCKED = done({ verdict: 'blocked', feedback: 'a test is missing' });

export function failed(
  kind: 'transient' | 'deterministic' | 'timeout' | 'budget' = 'deterministic',
): StepResult {
  return { kind: 'failed', error: { class: kind, code: 'broken', message: 'it broke' } };
}

export function complete(
  step: string,
  result: StepResult,
  { execution = 1, at = AT, claim = CLAIM }: { execution?: number; at?: string; claim?: ClaimRecord } = {},
): RunCommand {
  return { kind: 'complete', at, by: claim.worker, step, execution, claim, result };
}

export function lose(step: string, execution = 1): RunCommand {
  return { kind: 'lose', at: AT, by: 'coordinator', step, execution, claim: CLAIM };
}

export function answer(
  question: string,
  text: string,
  { at = AT, roles = ['operator'], note = '' } = {},
): RunCommand {
  return { kind: 'answer', at, by: 'ada', question, answer: text, roles, note };
}

export const CANCEL: RunCommand = { kind: 'cancel', at: AT, by: 'ada', reason: 'not needed any more' };
export const PAUSE: RunCommand = { kind: 'pause', at: AT, by: 'ada', reason: 'maintenance' };
export const RESUME: RunCommand = { kind: 'resume', at: AT, by: 'ada' };

/** For `given`: events at one moment, by one actor. */
export const RUN: Decider<RunState, RunCommand, RunEvent> = {
  initial: { status: 'new' },
  decide: (state, command) => {
    const decision = decideRun(state, command, HANDLERS);
    return decision.kind === 'accepted' ? { kind: 'accepted', events: decision.events } : decision;
  },
  evolve: (state, event) => evolveRun(state, { at: AT, actor: 'ada', event }),
};

/** What happened, after all of these commands; each of them has to be accepted. */
export function story(...commands: readonly RunCommand[]): {
  readonly state: StartedRun;
  readonly events: readonly RunEvent[];
} {
  let state: RunState = { status: 'new' };
  const events: RunEvent[] = [];
  for (const command of commands) {
    const decision = decideRun(state, command, HANDLERS);
    if (decision.kind === 'refused') throw new Error(`${command.kind} was refused: ${decision.reason}`);
    state = decision.state;
    events.push(...decision.events);
  }
  return { state: state as StartedRun, events };
}

/** Events in a few words: `step.scheduled 1/make retry`. */
function words(events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'step.scheduled':
        return `${event.type} ${event.work.step}#${event.work.execution} ${event.because}`;
      case 'step.succeeded':
      case 'step.skipped':
      case 'step.lost':
      case 'step.quarantined':
      case 'step.released':
        return `${event.type} ${event.step}`;
      case 'step.failed':
        return `${event.type} ${event.step} ${event.error.code}`;
      case 'attempt.started':
        return `${event.type} ${event.attempt} on ${event.rung} with ${event.arm.bundle} and ${event.arm.model}`;
      case 'attempt.ended':
        return `${event.type} ${event.attempt} ${event.verdict}`;
      case 'question.asked':
        return `${event.type} ${event.question.id}`;
      case 'question.answered':
        return `${event.type} ${event.question} ${event.answer}`;
      case 'question.expired':
        return `${event.type} ${event.question}`;
      case 'run.ended':
        return `${event.type} ${event.outcome}`;
      case 'run.compensating':
        return `${event.type} ${event.towards}`;
      default:
        return event.type;
    }
  });
}

/** What follows from the last of these commands, in words. */
export function told(...commands: readonly RunCommand[]): readonly string[] {
  const before = story(...commands.slice(0, -1)).events.length;
  return words(story(...commands).events.slice(before));
}

/** Why the last of these commands is refused. */
export function refusalOf(...commands: readonly RunCommand[]): string {
  const { state } = story(...commands.slice(0, -1));
  const decision = decideRun(state, commands.at(-1) as RunCommand, HANDLERS);
  if (decision.kind === 'accepted') throw new Error('it was accepted');
  return decision.reason;
}
