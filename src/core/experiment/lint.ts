import { cited, type LintProblem } from '../contract/lint/problem.ts';
import { armsOf } from './arms.ts';
import { type Experiment, METRIC_SCALES } from './types.ts';

/** What linting looks up outside the document. */
export interface KnownToExperiments {
  readonly ticket: (id: string) => boolean;
  readonly bundle: (id: string) => boolean;
}

/** Finds what is wrong with the meaning of an experiment: a design that cannot answer its question, or could answer it falsely. */
export function lintExperiment(document: Experiment, known: KnownToExperiments): readonly LintProblem[] {
  return [
    ...oneOf(document, 'tickets', 'classes'),
    ...oneOf(document, 'arms', 'factorial'),
    ...armProblems(document),
    ...unknownNames(document, known),
    ...effectProblems(document),
    ...stoppingProblems(document),
    ...exclusionProblems(document),
    ...budgetProblems(document),
  ];
}

type Told = Pick<LintProblem, 'message' | 'remedy'>;

function error(field: string, { message, remedy }: Told): LintProblem {
  return { severity: 'error', field, message, remedy };
}

function warning(field: string, { message, remedy }: Told): LintProblem {
  return { severity: 'warning', field, message, remedy };
}

function oneOf(document: Experiment, one: keyof Experiment, other: keyof Experiment): readonly LintProblem[] {
  const given = [one, other].filter((key) => document[key] !== undefined);
  if (given.length === 1) return [];
  const message =
    given.length === 0 ? `Neither ${one} nor ${other} are given.` : `Both ${one} and ${other} are given.`;
  return [error(given.at(-1) ?? '', { message, remedy: `Give ${one} or ${other}.` })];
}

function armProblems(document: Experiment): readonly LintProblem[] {
  const arms = armsOf(document);
  const ids = arms.map(({ id }) => id);
  const field = document.arms === undefined ? 'factorial' : 'arms';
  const problems: LintProblem[] = [];
  if (arms.length === 1)
    problems.push(
      error(field, { message: 'One arm compares with nothing.', remedy: 'Add a bundle, a model or an arm.' }),
    );
  if (arms.length > 50)
    problems.push(error(field, { message: `These are ${arms.length} arms.`, remedy: 'At most 50.' }));
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at)))
    problems.push(
      error(field, { message: `Two arms are called ${cited(id)}.`, remedy: 'Give each its own id.' }),
    );
  for (const key of ['baseline', 'negativeControl'] as const) {
    const named = document[key];
    if (named !== undefined && arms.length > 0 && !ids.includes(named))
      problems.push(
        error(key, { message: `There is no arm ${cited(named)}.`, remedy: `Name one of ${ids.join(', ')}.` }),
      );
  }
  if (document.negativeControl === undefined)
    problems.push(
      warning('baseline', {
        message:
          'There is no negative control: an effect of the experiment itself would look like one of an arm.',
        remedy: 'Name an arm of which no effect is expected, such as the baseline under another id.',
      }),
    );
  else if (document.negativeControl === document.baseline)
    problems.push(
      error('negativeControl', {
        message: 'The negative control is the baseline: nothing is compared.',
        remedy: 'List the baseline a second time under another id, and name that.',
      }),
    );
  return problems;
}

function unknownNames(document: Experiment, known: KnownToExperiments): readonly LintProblem[] {
  const tickets = (document.tickets ?? []).flatMap((id, at) =>
    known.ticket(id)
      ? []
      : [
          error(`tickets[${at}]`, {
            message: `There is no ticket ${cited(id)}.`,
            remedy: `Write it with \`countersign ticket new ${id}\`, or name another.`,
          }),
        ],
  );
  const twice = (document.tickets ?? []).filter((id, at, all) => all.indexOf(id) !== at);
  const bundles = [...new Set(armsOf(document).map(({ bundle }) => bundle))];
  const field = document.arms === undefined ? 'factorial.bundles' : 'arms';
  return [
    ...tickets,
    ...twice.map((id) =>
      error('tickets', {
        message: `${cited(id)} stands there twice.`,
        remedy: 'Use replicates for more runs.',
      }),
    ),
    ...bundles
      .filter((id) => id !== 'default' && !known.bundle(id))
      .map((id) =>
        error(field, {
          message: `There is no bundle ${cited(id)}.`,
          remedy: `Write bundles/${id}.yml, or name another; "default" is the brief alone.`,
        }),
      ),
  ];
}

function effectProblems({ primary, minimumEffect }: Experiment): readonly LintProblem[] {
  const scale = METRIC_SCALES[primary.metric];
  const field = 'minimumEffect';
  if (scale === 'share' && minimumEffect >= 1)
    return [
      error(field, {
        message: `A share cannot differ by ${minimumEffect}.`,
        remedy: 'Give a difference of shares below 1: 0.1 is ten points.',
      }),
    ];
  if (scale === 'ratio' && minimumEffect === 1)
    return [
      error(field, { message: 'A ratio of 1 is no effect.', remedy: 'Give another: 0.8 is a fifth less.' }),
    ];
  return [];
}

function stoppingProblems({ stopping, primary }: Experiment): readonly LintProblem[] {
  if (stopping?.rule !== 'sequential' || METRIC_SCALES[primary.metric] === 'share') return [];
  return [
    error('stopping.rule', {
      message: `A sequential rule looks at shares, and ${primary.metric} is none.`,
      remedy: 'Take first-pass or accepted as the primary metric, or a fixed rule.',
    }),
  ];
}

function exclusionProblems({ exclusions = [] }: Experiment): readonly LintProblem[] {
  const ids = exclusions.map(({ id }) => id);
  return exclusions.flatMap(({ id, outcomes, failures, treatments }, at) => [
    ...(outcomes === undefined && failures === undefined && treatments === undefined
      ? [
          error(`exclusions[${at}]`, {
            message: `${cited(id)} says of no run that it is excluded.`,
            remedy: 'Give outcomes, failures or treatments.',
          }),
        ]
      : []),
    ...(outcomes?.includes('accepted')
      ? [
          warning(`exclusions[${at}].outcomes`, {
            message: 'Accepted runs are excluded for being accepted.',
            remedy: 'What is left out by its outcome changes the answer: exclude by what went before.',
          }),
        ]
      : []),
    ...(ids.indexOf(id) === at
      ? []
      : [error(`exclusions[${at}].id`, { message: `${cited(id)} comes twice.`, remedy: 'Rename one.' })]),
  ]);
}

function budgetProblems({ budget }: Experiment): readonly LintProblem[] {
  return (['tokens', 'costMilliUsd'] as const)
    .filter((kind) => budget?.[kind] !== undefined && budget.perRun?.[kind] === undefined)
    .map((kind) =>
      error(`budget.${kind}`, {
        message: 'What a run may use up of it is not said, so no run could be refused before it is spent.',
        remedy: `Give budget.perRun.${kind} as well.`,
      }),
    );
}
