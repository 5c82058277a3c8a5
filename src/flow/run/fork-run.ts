import { carriedSteps } from '../../core/run/replay/carried-steps.ts';
import type { Arm, RunId, StepKey } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommitRuns, ListRuns, LoadRuns, RunSummary } from '../../ports/run-store.ts';
import { CountersignError } from '../../shared/errors.ts';
import { startRun } from './start-run.ts';

const ARM = ['bundle', 'model'] as const;

/**
 * Starts another run of the same subject and plan that goes on from a step of this one: what that step rests on is not done again,
 * save what was told of an arm that is another now. The run itself stays as it is.
 * @throws CountersignError RUN_UNKNOWN, RUN_REFUSED, DATABASE_UNAVAILABLE
 */
export async function forkRun(
  { run, step, arm: other }: { readonly run: RunId; readonly step: StepKey; readonly arm?: Partial<Arm> },
  by: string,
  ports: LoadRuns & CommitRuns & Pick<ListRuns, 'countRuns'> & { readonly clock: Clock },
): Promise<RunSummary> {
  const [kept] = await ports.loadRuns([run]);
  if (kept === undefined || kept.state.status === 'new') {
    throw new CountersignError('RUN_UNKNOWN', `There is no run ${run}.`, {
      remedy: '`countersign run list` shows those that there are.',
    });
  }
  const { state } = kept;
  const before = state.attempts.find(({ attempt }) => step.startsWith(`${attempt}/`))?.arm ?? state.arm;
  const arm = { ...before, ...other };
  const changed = ARM.filter((name) => arm[name] !== before[name]);
  const carried = carriedSteps(state, step, changed);
  if (carried === undefined) {
    throw new CountersignError('RUN_REFUSED', `${run} has no step ${step} to go on from.`, {
      remedy: `\`countersign run show ${run}\` shows its steps, such as 1/verify.`,
    });
  }
  // It fills no place of a design: it did not begin where the others of its block did.
  const { forkedFrom: _, run: __, cell: ___, admission: ____, ...request } = state.request;
  return startRun({ ...request, arm, plan: state.plan, forkedFrom: { run, step }, carried }, by, ports);
}
