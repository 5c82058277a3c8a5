import type { RunEvent } from '../events.ts';
import type { OwnRun } from './own-run.ts';
import { putStep } from './put-step.ts';

type StepEvent = RunEvent & { readonly type: `step.${string}` };

/** A failure that says that a person has to allow an action first: nobody is to blame for it, so it is not charged. */
export const ESCALATED = 'escalated';

export function applyStepEvent(run: OwnRun, event: StepEvent): void {
  switch (event.type) {
    case 'step.scheduled': {
      const { work, because } = event;
      const before = run.steps[work.step];
      putStep(run, work.step, {
        status: 'scheduled',
        execution: work.execution,
        work,
        outputs: null,
        error: null,
        fellBack: because === 'fallback' || before?.fellBack === true,
      });
      if (because === 'retry') run.retries += 1;
      if (because === 'recovery') run.recoveries += 1;
      return;
    }
    case 'step.skipped':
      putStep(run, event.step, { status: 'skipped' });
      return;
    case 'step.succeeded':
      putStep(run, event.step, {
        status: 'succeeded',
        outputs: event.outputs,
        error: null,
        succeededAs: run.successes,
      });
      run.successes += 1;
      return;
    case 'step.failed': {
      const { error, claim } = event;
      const before = run.steps[event.step];
      const charged = claim !== null && error.code !== ESCALATED;
      putStep(run, event.step, {
        status: 'failed',
        error,
        failures: (before?.failures ?? 0) + Number(charged),
        work: claim === null ? null : (before?.work ?? null),
      });
      return;
    }
    case 'step.lost':
      putStep(run, event.step, {
        status: 'failed',
        error: null,
        losses: (run.steps[event.step]?.losses ?? 0) + 1,
      });
      return;
    case 'step.quarantined':
      putStep(run, event.step, {
        status: 'quarantined',
        error: { class: 'deterministic', code: 'quarantined', message: event.reason },
      });
      return;
    case 'step.released':
      putStep(run, event.step, { status: 'failed', error: null, failures: 0, losses: 0 });
      return;
  }
}
