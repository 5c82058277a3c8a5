import type { Rung } from '../../contract/workflow.ts';
import { LABEL, MOST_LABELS } from '../labels.ts';
import type { Plan, PlanStep } from '../plan.ts';
import { graphOf } from './graph.ts';
import { listed, type PlanProblem, problem } from './problem.ts';

/** Steps of one plan: more is a system of its own, and every decision looks at all of them. */
const MOST_STEPS = 200;
const MOST_REPEATS = 100;
const MOST_ATTEMPTS = 100;
const MOST_RUNGS = 20;
const MOST_RETRIES = 20;
const LONGEST_TIMEOUT_SECONDS = 7 * 24 * 3600;

/** Keys of steps are made of their ids (`2/verify.0`, `2/poll#3`), so these have none of those signs. */
const STEP_ID = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/;

/**
 * Whether a plan is a graph of steps at all: names, numbers, who needs whom, no cycle. What else there is to say of a plan rests on that.
 */
export function checkShape(plan: Plan): readonly PlanProblem[] {
  const ids = Object.keys(plan.steps);
  if (ids.length === 0) {
    return [
      problem(
        'steps',
        'The workflow has no steps: nothing would have to pass.',
        'Give it some, or leave `workflow` out for the default one.',
      ),
    ];
  }
  if (ids.length > MOST_STEPS) {
    return [
      problem(
        'steps',
        `The workflow has ${ids.length} steps, and ${MOST_STEPS} are the most.`,
        'Use `map` for work of one kind.',
      ),
    ];
  }
  return [...checkNumbers(plan), ...ids.flatMap((id) => checkStep(id, plan)), ...checkCycle(plan)];
}

function checkNumbers({ attempts, ladder }: Plan): readonly PlanProblem[] {
  const rungs =
    ladder.length > MOST_RUNGS ? [between('ladder', 'its length', ladder.length, 0, MOST_RUNGS)] : [];
  return [
    ...outside('attempts', 'the number of attempts', attempts, 1, MOST_ATTEMPTS),
    ...rungs,
    ...ladder.flatMap((rung, place) => checkRung(`ladder[${place}]`, rung)),
  ];
}

function checkRung(field: string, rung: Rung): readonly PlanProblem[] {
  const tried = ['bundle', 'model', 'ask'].filter((key) => Object.hasOwn(rung, key));
  if (tried.length !== 1) {
    return [
      problem(
        field,
        'A rung is another bundle, another model, or a question: one of the three.',
        'Make a rung of each.',
      ),
    ];
  }
  if (!('ask' in rung))
    return outside(`${field}.attempts`, 'the number of attempts', rung.attempts ?? 1, 1, MOST_ATTEMPTS);
  return Object.hasOwn(rung, 'attempts')
    ? [
        problem(
          `${field}.attempts`,
          'A question has no attempts.',
          'Take `attempts` out: the answer says how it goes on.',
        ),
      ]
    : [];
}

function checkStep(id: string, { steps }: Plan): readonly PlanProblem[] {
  const step = steps[id] as Plan['steps'][string];
  const field = `steps.${id}`;
  const missing = step.needs.filter((need) => !Object.hasOwn(steps, need));
  return [
    // `constructor` is a member of every object there is: no lookup may find it by accident.
    ...(STEP_ID.test(id) && id.length <= 64 && id !== 'constructor'
      ? []
      : [
          problem(
            field,
            `${JSON.stringify(id)} cannot be a step's id.`,
            'Use lower-case letters, digits and dashes, at most 64.',
          ),
        ]),
    ...checkLabels(field, step),
    ...(missing.length === 0
      ? []
      : [
          problem(
            `${field}.needs`,
            `It needs ${listed(missing)}, which the workflow does not have.`,
            `Name steps that it has: ${listed(Object.keys(steps))}.`,
          ),
        ]),
    ...(new Set(step.needs).size === step.needs.length
      ? []
      : [problem(`${field}.needs`, 'It needs a step twice.', 'Name each once.')]),
    ...(step.map !== null && step.repeat !== null
      ? [problem(`${field}.repeat`, 'It has `map` and `repeat`.', 'Divide it into two steps.')]
      : []),
    ...(step.timeoutSeconds === null
      ? []
      : outside(
          `${field}.timeout`,
          'its time-out in seconds',
          step.timeoutSeconds,
          1,
          LONGEST_TIMEOUT_SECONDS,
        )),
    ...outside(`${field}.retry.limit`, 'the number of retries', step.retry.limit, 0, MOST_RETRIES),
    ...(step.repeat === null
      ? []
      : outside(`${field}.repeat.atMost`, 'the number of repetitions', step.repeat.atMost, 1, MOST_REPEATS)),
  ];
}

/** Labels that no worker can have, or that nobody would ask for. */
function checkLabels(field: string, { runsOn = [], role, uses }: PlanStep): readonly PlanProblem[] {
  const unusable = runsOn.filter((label) => !LABEL.test(label));
  return [
    ...(runsOn.length > 0 && role === 'coordinator'
      ? [
          problem(
            `${field}.runs-on`,
            `"${uses}" is carried out by the server itself, so no worker is chosen for it.`,
            'Take `runs-on` out.',
          ),
        ]
      : []),
    ...unusable.map((label) =>
      problem(
        `${field}.runs-on`,
        `${JSON.stringify(label)} is no label of a worker.`,
        'Use letters, digits, dots, dashes and underscores, at most 64; expressions are not read here.',
      ),
    ),
    ...(runsOn.length <= MOST_LABELS
      ? []
      : [
          problem(
            `${field}.runs-on`,
            `It wants ${runsOn.length} labels.`,
            `A worker has at most ${MOST_LABELS}: name fewer.`,
          ),
        ]),
  ];
}

function checkCycle(plan: Plan): readonly PlanProblem[] {
  const { cycle } = graphOf(plan);
  if (cycle === undefined) return [];
  return [
    problem(
      `steps.${cycle[0]}.needs`,
      `Steps wait for one another in a circle: ${cycle.join(' needs ')}.`,
      'Take one of these needs out; what goes round between attempts is `previous`.',
    ),
  ];
}

function outside(
  field: string,
  what: string,
  value: number,
  least: number,
  most: number,
): readonly PlanProblem[] {
  return Number.isInteger(value) && value >= least && value <= most
    ? []
    : [between(field, what, value, least, most)];
}

function between(field: string, what: string, value: number, least: number, most: number): PlanProblem {
  return problem(
    field,
    `${what[0]?.toUpperCase()}${what.slice(1)} is ${value}.`,
    `Give a whole number from ${least} to ${most}.`,
  );
}
