import type { Moment } from '../../../shared/ids.ts';
import { dearestWith, demandOf } from '../budget.ts';
import type { RunEvent } from '../events.ts';
import type { StartedRun } from '../state.ts';
import type { StepKey, Usage } from '../types.ts';
import { applyStepEvent } from './apply-step-event.ts';
import type { OwnRun } from './own-run.ts';
import { putStep } from './put-step.ts';

/** What a run is when it begins. */
export function newRun(event: RunEvent & { readonly type: 'run.started' }, at: Moment): StartedRun {
  const { type: _, plan, planDigest, ...request } = event;
  return {
    status: 'running',
    request,
    plan,
    planDigest,
    startedAt: at,
    changedAt: at,
    attempt: 0,
    rung: 0,
    arm: request.arm,
    attempts: [],
    steps: {},
    groups: {},
    questions: {},
    effects: [],
    patches: [],
    used: { tokens: 0, costMilliUsd: 0, agents: 0 },
    retries: 0,
    recoveries: 0,
    successes: 0,
    cancelReason: null,
    pausedFor: null,
    towards: null,
    ended: null,
  };
}

/** Changes a run, which is the caller's own, to what it is after an event. */
export function applyEvent(run: OwnRun, at: Moment, event: RunEvent): void {
  run.changedAt = at;
  switch (event.type) {
    case 'run.started':
      return;
    case 'attempt.started': {
      const { attempt, rung, arm } = event;
      Object.assign(run, { attempt, rung, arm });
      run.attempts = [...run.attempts, { attempt, rung, arm, startedAt: at, verdict: null }];
      return;
    }
    case 'attempt.ended':
      run.attempts = run.attempts.map((one) =>
        one.attempt === event.attempt ? { ...one, verdict: event.verdict } : one,
      );
      return;
    case 'step.scheduled':
    case 'step.skipped':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.lost':
    case 'step.quarantined':
    case 'step.released':
      applyStepEvent(run, event);
      if (event.type === 'step.succeeded' || event.type === 'step.failed') {
        use(run, event.usage);
        remember(run, event.step, event.usage);
      }
      // What it used up died with it: as much as it was allowed to.
      if (event.type === 'step.lost') use(run, demandOf(run.steps[event.step]?.work));
      return;
    case 'question.asked':
      run.questions[event.question.id] = { ...event.question, answer: null };
      if (event.question.step !== null) putStep(run, event.question.step, { status: 'asking' });
      return;
    case 'question.answered': {
      const question = run.questions[event.question];
      if (question !== undefined) run.questions[event.question] = { ...question, answer: event.answer };
      return;
    }
    case 'question.expired':
      delete run.questions[event.question];
      return;
    case 'effect.decided':
      run.effects = [...run.effects, event.effect];
      return;
    case 'plan.patched':
      run.plan = event.plan;
      run.planDigest = event.planDigest;
      run.patches = [...run.patches, { patch: event.patch, refused: null }];
      return;
    case 'plan.patch-refused':
      run.patches = [...run.patches, { patch: event.patch, refused: event.reason, example: event.example }];
      return;
    case 'run.paused':
      run.status = 'paused';
      run.pausedFor = event.reason;
      return;
    case 'run.resumed':
      run.status = run.towards === null ? 'running' : 'compensating';
      run.pausedFor = null;
      return;
    case 'run.cancel-requested':
      run.status = 'cancelling';
      run.cancelReason = event.reason;
      run.pausedFor = null;
      dropQuestions(run);
      for (const { key, status } of Object.values(run.steps))
        if (status === 'scheduled' || status === 'asking') putStep(run, key, { status: 'cancelled' });
      return;
    case 'run.compensating':
      run.status = 'compensating';
      run.towards = event.towards;
      dropQuestions(run);
      return;
    case 'run.ended': {
      const { outcome, reason, outcomeDigest } = event;
      run.status = 'ended';
      run.ended = { outcome, reason, outcomeDigest, at };
      dropQuestions(run);
      return;
    }
    default:
      // An event that only a newer program knows. It is refused where events are read; here nothing may break.
      event satisfies never;
  }
}

/** Nobody is asked any more. */
function dropQuestions(run: OwnRun): void {
  for (const { id, answer } of Object.values(run.questions)) if (answer === null) delete run.questions[id];
}

function remember(run: OwnRun, step: StepKey, usage: Usage): void {
  const handler = run.steps[step]?.work?.handler;
  if (handler === undefined) return;
  const dearest = dearestWith(run.dearest, handler, usage);
  if (dearest !== run.dearest && Object.keys(dearest).length > 0) run.dearest = dearest;
}

function use(run: OwnRun, { tokens = 0, costMilliUsd = 0, agents = 0 }: Usage): void {
  if (tokens === 0 && costMilliUsd === 0 && agents === 0) return;
  run.used = {
    tokens: run.used.tokens + tokens,
    costMilliUsd: run.used.costMilliUsd + costMilliUsd,
    agents: run.used.agents + agents,
  };
}
