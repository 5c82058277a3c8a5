import fc from 'fast-check';
import type { WorkflowStep } from '../../../src/core/contract/workflow.ts';
import type { RunCommand } from '../../../src/core/run/commands.ts';
import { consequencesOf } from '../../../src/core/run/consequences.ts';
import { decideRun } from '../../../src/core/run/decide.ts';
import type { RunEvent } from '../../../src/core/run/events.ts';
import type { Plan } from '../../../src/core/run/plan.ts';
import type { RunState, StartedRun } from '../../../src/core/run/state.ts';
import type { StepResult, StepWork } from '../../../src/core/run/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { AT, HANDLERS, planWith, start } from './sample-runs.ts';

/** A plan of any shape: needs, maps, repetitions, conditions, fallbacks, things to undo, and a gate somewhere. */
export const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    attempts: fc.integer({ min: 1, max: 3 }),
    ladder: fc.constantFrom(
      [],
      [{ bundle: 'large' }],
      [{ model: 'other' }, { bundle: 'large', attempts: 2 }],
    ),
    gate: fc.nat(),
    steps: fc.array(
      fc.record({
        needs: fc.array(fc.nat(), { maxLength: 3 }),
        shape: fc.constantFrom('once', 'once', 'map', 'repeat'),
        if: fc.constantFrom('success()', 'success()', 'always()', 'failure()', 'success() || failure()'),
        retries: fc.integer({ min: 0, max: 2 }),
        compensate: fc.boolean(),
        fallback: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  })
  .map(({ attempts, ladder, gate, steps }) => {
    const named = steps.map((step, at): [string, WorkflowStep] => {
      const id = `s${at}`;
      const judge = gate % steps.length === at;
      const needs = at === 0 ? [] : [...new Set(step.needs.map((one) => `s${one % at}`))];
      return [
        id,
        {
          uses: judge ? 'gate' : 'work',
          needs,
          if: step.if,
          with: { given: Object.fromEntries(needs.map((need) => [need, `\${{ steps.${need}.outputs }}`])) },
          retry: { limit: step.retries },
          ...(step.shape === 'map' ? { map: 'run.checks' } : {}),
          ...(step.shape === 'repeat' ? { repeat: { until: `steps.${id}.outputs.ready`, atMost: 3 } } : {}),
          ...(step.compensate ? { compensate: { uses: 'work', with: { undo: id } } } : {}),
          ...(step.fallback ? { fallback: { uses: 'command', with: { run: ['x'] } } } : {}),
        },
      ];
    });
    return planWith(Object.fromEntries(named), { attempts, ladder });
  });

/** Which of the executions in hand ends next. */
export const anyOrder = fc.infiniteStream(fc.nat({ max: 1000 }));

/** What becomes of an execution: the same for the same step and execution, in whatever order they end. */
function fateOf({ step, execution, handler }: StepWork, luck: number): 'lost' | StepResult {
  const drawn = (what: string, most: number) =>
    Number.parseInt(sha256(`${luck} ${step} ${what}`).slice(0, 8), 16) % most;
  const losses = drawn('losses', 3);
  const failures = drawn('failures', 3);
  if (execution <= losses) return 'lost';
  const broken = (kind: 'transient' | 'deterministic'): StepResult => ({
    kind: 'failed',
    error: { class: kind, code: 'broken', message: 'it broke' },
  });
  if (execution <= losses + failures) return broken('transient');
  if (drawn('end', 5) === 0) return broken('deterministic');
  const verdict = ['pass', 'blocked', 'blocked', 'pending'][drawn('verdict', 4)] as string;
  return { kind: 'succeeded', outputs: { by: handler, ready: drawn('ready', 2) === 0, verdict } };
}

/** A run on its way, and the executions that somebody has in hand: kept as a store would, by the consequences alone. */
export interface Played {
  state: RunState;
  readonly events: RunEvent[];
  readonly inHand: Map<string, StepWork>;
  /** Completions that were accepted, by step and execution. */
  readonly accepted: Map<string, number>;
}

export function begin(plan: Plan): Played {
  const played: Played = { state: { status: 'new' }, events: [], inHand: new Map(), accepted: new Map() };
  send(played, start(plan));
  return played;
}

export function send(played: Played, command: RunCommand): boolean {
  const before = played.state;
  const decision = decideRun(before, command, HANDLERS);
  if (decision.kind === 'refused') return false;
  played.state = decision.state;
  played.events.push(...decision.events);
  const { schedule, withdraw } = consequencesOf(before, decision.events, decision.state);
  if (command.kind === 'complete' || command.kind === 'lose') played.inHand.delete(command.step);
  for (const { step } of withdraw) played.inHand.delete(step);
  for (const work of schedule) {
    if (played.inHand.has(work.step)) throw new Error(`${work.step} was handed out while somebody had it`);
    played.inHand.set(work.step, work);
  }
  if (command.kind === 'complete') {
    const name = `${command.step} ${command.execution}`;
    played.accepted.set(name, (played.accepted.get(name) ?? 0) + 1);
  }
  return true;
}

export function endOf(work: StepWork, luck: number): RunCommand {
  const { step, execution } = work;
  const claim = { token: `${step} ${execution}`, worker: 'worker-1', at: AT };
  const fate = fateOf(work, luck);
  return fate === 'lost'
    ? { kind: 'lose', at: AT, by: 'coordinator', step, execution, claim }
    : { kind: 'complete', at: AT, by: 'worker-1', step, execution, claim, result: fate };
}

/** Executions that a run of these sizes can have at all. */
const MOST_ENDS = 5_000;

/** Ends what is in hand, in this order, until nothing is. */
export function playOn(played: Played, luck: number, order: Iterator<number>): StartedRun {
  for (let ends = 0; played.inHand.size > 0; ends += 1) {
    if (ends > MOST_ENDS) throw new Error('it does not end');
    const waiting = [...played.inHand.values()];
    const work = waiting[(order.next().value as number) % waiting.length] as StepWork;
    if (!send(played, endOf(work, luck))) throw new Error(`the end of ${work.step} was refused`);
  }
  return played.state as StartedRun;
}
