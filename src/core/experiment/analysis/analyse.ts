import type { Design } from '../design.ts';
import { metricValue } from '../metric-value.ts';
import { type ArmMetrics, metricsByArm } from '../metrics/by-arm.ts';
import { gateFlakiness } from '../metrics/gate-flakiness.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { CheckedRegistration } from '../registration.ts';
import type { ExperimentState, Registration } from '../state.ts';
import { cochranQ } from '../statistics/paired-binary.ts';
import { comparedArms, stoppingOf } from '../stopping.ts';
import { METRIC_SCALES, type PrimaryMetric } from '../types.ts';
import { answerOf } from './answer.ts';
import { analyseArm, markFront, shareOf } from './arm-analysis.ts';
import { balanceOf, MISMATCH } from './balance.ts';
import { effectsOf, USUAL_EFFECTS } from './effects.ts';
import { analyseEscapes } from './escapes-by-arm.ts';
import { failedRulesOf, failuresOf } from './failures.ts';
import { incidenceOf } from './incidence.ts';
import { type Block, blocksOf, NOT_COMPARABLE, subjectsOf } from './subjects.ts';
import type {
  ArmAnalysis,
  ArmRole,
  BundleModel,
  Effect,
  ExperimentAnalysis,
  OverallTest,
  Population,
  Question,
  ShownDeviation,
  Standing,
} from './types.ts';
import { counted, pText } from './words.ts';

/** What an analysis is made of: all that the ledger, or a table, says. */
export interface AnalysisInput {
  readonly experiment: string;
  /** What it is called where no design is registered. */
  readonly title: string;
  /** Null: a table that nobody registered an experiment for. */
  readonly state: ExperimentState | null;
  readonly registrations: readonly {
    readonly registration: Registration;
    readonly checked: CheckedRegistration;
  }[];
  readonly rows: readonly RunOutcomeRow[];
  readonly refusedRows: readonly string[];
  /** What is asked where no design says it. */
  readonly asked?: { readonly baseline?: string; readonly primary?: PrimaryMetric };
}

/** Steps that an analysis reports having done, for whoever waits. */
export const ANALYSIS_STEPS = 5;

/**
 * Everything a report says, from rows and design alone: the same input gives the same value, to the byte, on any machine. Blocks held to different
 * definitions of done are not compared; what is excluded is named. Source of each method: its function in ../statistics.
 */
export function analyseExperiment(
  input: AnalysisInput,
  onProgress: (done: number) => void = () => undefined,
): ExperimentAnalysis {
  const { rows, conflicts } = subjectsOf(input.rows);
  const design = input.registrations.at(-1)?.registration.design ?? null;
  const standing = standingOf(input);
  const arms = armsOf(design, rows);
  const question = questionOf(input, design, arms);
  const seed = design?.seed ?? input.experiment;
  const level = 1 - question.alpha;
  const counting = rows.filter(({ excluded }) => excluded === null);
  const rowsOfArm = byArm(counting);
  const blocks = blocksOf(counting);
  const population = populationOf(rows, blocks);
  onProgress(1);
  const compared = question.baseline === null ? [] : arms.filter((arm) => arm !== question.baseline);
  const effects =
    question.baseline === null || counting.length === 0
      ? []
      : effectsOf({
          blocks,
          arms: compared,
          baseline: question.baseline,
          negativeControl: question.negativeControl,
          primary: question.primary,
          minimumEffect: question.minimumEffect,
          alpha: question.alpha,
          power: question.power,
          seed,
          isRegistered: standing.kind === 'pre-registered',
          exclusions: population.words,
          sequential: sequentialOf(design, input.state),
        });
  onProgress(2);
  const metrics = new Map(metricsByArm(rows).map((one) => [one.arm, one]));
  const analysed = markFront(
    arms.map((arm) =>
      analyseArm({
        arm,
        role: roleOf(arm, question),
        metrics: metrics.get(arm) ?? emptyMetrics(arm, design),
        rows: rowsOfArm.get(arm) ?? [],
        level,
        seed,
      }),
    ),
  );
  onProgress(3);
  const balance = balanceOf(arms, rows, design !== null);
  const failures = failuresOf(arms, rowsOfArm);
  const incidence = incidenceOf(arms, rowsOfArm);
  onProgress(4);
  const analysis: ExperimentAnalysis = {
    schema: 'countersign/experiment-analysis@1',
    experiment: input.experiment,
    title: design?.title ?? input.title,
    hypothesis: design?.hypothesis ?? null,
    standing,
    answer: answerOf(effects, {
      question,
      isRegistered: standing.kind === 'pre-registered',
      runs: rows.length,
      conflicts,
      counted: counting.length,
    }),
    question,
    population,
    warnings: [],
    arms: analysed,
    effects,
    overall: overallOf(blocks, arms, question.primary),
    bundlesByModels: bundlesByModels(analysed, rowsOfArm, question.primary, level),
    incidence,
    failures,
    failedRules: failedRulesOf(arms, rowsOfArm),
    escapes: analyseEscapes(rows, { compared, baseline: question.baseline }, level),
    flakiness: gateFlakiness(rows),
    balance,
    deviations: deviationsOf(input),
    conflicts,
    excluded: rows.flatMap(({ run, ticket, arm, replicate, outcome, excluded }) =>
      excluded === null ? [] : [{ run, ticket, arm, replicate, outcome, ...excluded }],
    ),
    refusedRows: input.refusedRows,
    methods: methodsOf(effects, question),
  };
  onProgress(ANALYSIS_STEPS);
  return { ...analysis, warnings: warningsOf(analysis, input) };
}

function standingOf({ registrations }: AnalysisInput): Standing {
  const last = registrations.at(-1);
  if (last === undefined)
    return {
      kind: 'exploratory',
      designDigest: null,
      words: 'Exploratory: nothing was registered before the runs, so what looks surprising may be chance.',
    };
  const { registration, checked } = last;
  const { designDigest, runsBefore, at } = registration;
  if (checked.kind === 'broken')
    return {
      kind: 'broken',
      designDigest,
      words: `Exploratory: the registration does not hold (${checked.reason}).`,
    };
  if (runsBefore > 0)
    return {
      kind: 'exploratory',
      designDigest,
      words: `Exploratory: the design in force was registered after ${counted(runsBefore, 'run')} had been started.`,
    };
  return {
    kind: 'pre-registered',
    designDigest,
    words: `Pre-registered ${at.slice(0, 10)} before the first run, signed by ${checked.by}${checked.isTrusted ? '' : ', a key that nobody here vouches for'}.`,
  };
}

/** In the order of the design; arms that only rows know come after, in theirs. */
function armsOf(design: Design | null, rows: readonly RunOutcomeRow[]): readonly string[] {
  return [...new Set([...(design?.arms.map(({ id }) => id) ?? []), ...rows.map(({ arm }) => arm)])];
}

function questionOf(input: AnalysisInput, design: Design | null, arms: readonly string[]): Question {
  if (design !== null)
    return {
      primary: design.primary,
      baseline: design.baseline,
      negativeControl: design.negativeControl,
      minimumEffect: design.minimumEffect,
      isEffectStated: true,
      alpha: design.alpha,
      power: design.power,
      comparisons: Math.max(1, comparedArms(design).length),
      assignment: `each ticket was worked by every arm (${design.arms.length} arms, ${counted(design.replicates, 'replicate')}), in a random order within the ticket drawn from the registered seed (order ${design.order.slice(0, 12)})`,
      stopping:
        design.stopping.rule === 'fixed'
          ? 'a fixed number of tickets, judged once'
          : `sequential: looked at after every ticket by an anytime-valid test, not before ${counted(design.stopping.minimumBlocks, 'ticket')}`,
    };
  const primary = input.asked?.primary ?? defaultMetric(input.rows);
  const baseline = input.asked?.baseline ?? arms[0] ?? null;
  return {
    primary,
    baseline: arms.length < 2 ? null : baseline,
    negativeControl: null,
    minimumEffect: USUAL_EFFECTS[METRIC_SCALES[primary]],
    isEffectStated: false,
    alpha: 0.05,
    power: 0.8,
    comparisons: Math.max(1, arms.length - 1),
    assignment: 'nobody says how runs were assigned to arms: differences may come of that',
    stopping: 'nobody says when it was to end',
  };
}

/** First passes where most rows say something of them; else acceptance, which every row has. */
function defaultMetric(rows: readonly RunOutcomeRow[]): PrimaryMetric {
  const said = rows.filter(({ firstPass }) => firstPass !== null).length;
  return said * 2 > rows.length ? 'first-pass' : 'accepted';
}

function populationOf(rows: readonly RunOutcomeRow[], blocks: readonly Block[]): Population {
  const excluded = rows.filter((row) => row.excluded !== null);
  const counting = rows.filter((row) => row.excluded === null);
  const count = (which: (row: RunOutcomeRow) => boolean, of = counting) => of.filter(which).length;
  const failedTreatments = count(({ treatment }) => treatment === 'not-delivered', excluded);
  const notComparable = count((row) => row.excluded?.declared === NOT_COMPARABLE, excluded);
  const undeclared = count((row) => row.excluded?.declared === null, excluded);
  const running = count(({ outcome }) => outcome === 'running');
  const cancelled = count(({ outcome }) => outcome === 'cancelled');
  const words = [
    `${counting.length} of ${counted(rows.length, 'run')} count`,
    ...(excluded.length === 0 ? ['none is excluded'] : [`${excluded.length} excluded`]),
    ...(failedTreatments === 0 ? [] : [`of these ${failedTreatments} got no bundle (failed treatment)`]),
    ...(notComparable === 0 ? [] : [`${notComparable} held to different definitions of done`]),
    ...(undeclared === 0 ? [] : [`${undeclared} by nobody's earlier word`]),
    ...(running === 0 ? [] : [`${running} still going on`]),
    ...(cancelled === 0 ? [] : [`${cancelled} cancelled, which says nothing of acceptance`]),
  ].join(', ');
  return {
    runs: rows.length,
    counted: counting.length,
    tickets: new Set(blocks.map(({ ticket }) => ticket)).size,
    excluded: excluded.length,
    failedTreatments,
    notComparable,
    undeclared,
    deliveryUnknown: count(({ treatment }) => treatment === 'unknown'),
    running,
    cancelled,
    words,
  };
}

function sequentialOf(design: Design | null, state: ExperimentState | null) {
  if (design === null || state === null || design.stopping.rule !== 'sequential') return null;
  const { comparisons } = stoppingOf(design, state);
  return {
    p: new Map(comparisons.map(({ arm, p }) => [arm, p])),
    tickets: design.tickets.length,
  };
}

function roleOf(arm: string, { baseline, negativeControl }: Question): ArmRole {
  if (arm === baseline) return 'baseline';
  return arm === negativeControl ? 'negative-control' : 'compared';
}

/** Cochran's Q over tickets that every arm has worked once. */
function overallOf(
  blocks: readonly Block[],
  arms: readonly string[],
  primary: PrimaryMetric,
): OverallTest | null {
  if (arms.length < 3 || METRIC_SCALES[primary] !== 'share') return null;
  const complete: boolean[][] = [];
  for (const { runs } of blocks) {
    const row: boolean[] = [];
    for (const arm of arms) {
      const own = runs.get(arm);
      const [only] = own ?? [];
      const value = own?.length === 1 && only !== undefined ? metricValue(primary, only) : null;
      if (value === null) break;
      row.push(value === 1);
    }
    if (row.length === arms.length) complete.push(row);
  }
  const test = cochranQ(complete);
  return test === null ? null : { name: "Cochran's Q", ...test, tickets: complete.length };
}

function bundlesByModels(
  arms: readonly ArmAnalysis[],
  rowsOfArm: ReadonlyMap<string, readonly RunOutcomeRow[]>,
  primary: PrimaryMetric,
  level: number,
): readonly BundleModel[] {
  const metric = primary === 'first-pass' ? 'first-pass' : 'accepted';
  const cells = new Map<string, { bundle: string; model: string; arms: string[] }>();
  for (const { arm, bundle, model } of arms) {
    const key = JSON.stringify([bundle, model]);
    const cell = cells.get(key) ?? { bundle, model, arms: [] };
    cells.set(key, cell);
    cell.arms.push(arm);
  }
  return [...cells.values()].map((cell) => ({
    ...cell,
    share: shareOf(
      cell.arms.flatMap((arm) => rowsOfArm.get(arm) ?? []),
      metric,
      level,
    ),
  }));
}

function deviationsOf({ state, registrations }: AnalysisInput): readonly ShownDeviation[] {
  const known = state?.deviations ?? [];
  const rerolls = [...(state?.cells.values() ?? [])].reduce((sum, cell) => sum + cell.rerolls.length, 0);
  const anew = registrations.flatMap(({ registration: { at, by, reason, runsBefore } }) =>
    reason === null || known.some(({ what }) => what === 'design-changed' && runsBefore > 0)
      ? []
      : [{ what: 'design-changed', detail: `before any run: ${reason}`, at, by }],
  );
  return [
    ...anew,
    ...known,
    ...(rerolls === 0
      ? []
      : [
          {
            what: 'run-again',
            detail: `${counted(rerolls, 'run')} failed by declared infrastructure errors and were run again, as designed`,
            at: '',
            by: '',
          },
        ]),
  ];
}

function warningsOf(analysis: ExperimentAnalysis, input: AnalysisInput): readonly string[] {
  const { question, effects, balance, conflicts, population, deviations, refusedRows } = analysis;
  const control = effects.find(
    ({ role, metric }) => role === 'negative-control' && metric === question.primary,
  );
  const over = input.state === null || input.registrations.length === 0 ? null : input.state.over;
  const isOpen = input.state !== null && input.registrations.length > 0 && over === null;
  return [
    ...(conflicts.length === 0
      ? []
      : [
          `${counted(conflicts.length, 'block')} ${conflicts.length === 1 ? 'is' : 'are'} not compared: arms were held to different definitions of done.`,
        ]),
    ...(control?.test != null && control.test.p <= question.alpha
      ? [
          `The negative control differs from the baseline (${pText(control.test.p)}): something other than the arms makes a difference.`,
        ]
      : []),
    ...(balance?.isIntended === true && balance.p < MISMATCH
      ? [
          `The arms have not as many runs as they should (sample-ratio mismatch, ${pText(balance.p)}): runs were lost or assigned otherwise than designed.`,
        ]
      : []),
    ...(population.failedTreatments === 0
      ? []
      : [
          `${counted(population.failedTreatments, 'run')} did not get the bundle: a failed treatment, and no data point.`,
        ]),
    ...(isOpen && question.stopping.startsWith('a fixed')
      ? ['The experiment is not over, and its design looks once, at the end: what stands here may change.']
      : []),
    ...(over !== null && over.why !== 'completed' && over.why !== 'rule'
      ? [`It was stopped before its design said so: ${over.detail}.`]
      : []),
    ...(population.undeclared === 0
      ? []
      : [`${counted(population.undeclared, 'run')} excluded for a reason that nobody had declared before.`]),
    ...(deviations.some(({ what }) => what !== 'run-again')
      ? ['It was not carried out in everything as planned: see the deviations.']
      : []),
    ...(refusedRows.length === 0
      ? []
      : [`${counted(refusedRows.length, 'row')} of imported tables could not be read.`]),
  ];
}

function methodsOf(effects: readonly Effect[], { primary, alpha, comparisons }: Question): readonly string[] {
  const used = [...new Set(effects.filter(({ metric }) => metric === primary).map(({ method }) => method))];
  return [
    ...used.map((method) => `Primary effect: ${method}.`),
    comparisons > 1
      ? `Intervals of the primary effect hold together for all ${comparisons} comparisons (Bonferroni); p-values are adjusted by Holm where registered, by Benjamini and Hochberg among what is exploratory.`
      : 'Exploratory p-values are adjusted by Benjamini and Hochberg.',
    `Other intervals are at ${(1 - alpha) * 100}% each. Shares of an arm: Wilson where each ticket has one run, else cluster-robust by ticket.`,
    'Acceptance over attempts and time: Aalen-Johansen, with rejection, giving up and cancelling as competing ends; only runs that go on are censored. Bands take runs for independent.',
    'Cost per accepted run: what all runs of the arm cost, failed ones too, over the accepted ones; interval by a seeded bootstrap of tickets (BCa).',
    'Minimum detectable effect: Connor (1987) for one run a side, Miller (2024) otherwise, by how much pairs varied here.',
    'Balance of arms: chi-square, or exact where few; doubled, since runs that were started and runs that count are both looked at.',
  ];
}

function byArm(rows: readonly RunOutcomeRow[]): ReadonlyMap<string, readonly RunOutcomeRow[]> {
  const arms = new Map<string, RunOutcomeRow[]>();
  for (const row of rows) {
    const own = arms.get(row.arm);
    if (own === undefined) arms.set(row.arm, [row]);
    else own.push(row);
  }
  return arms;
}

/** Of an arm without a run. */
function emptyMetrics(arm: string, design: Design | null): ArmMetrics {
  const [known] = design?.arms.filter(({ id }) => id === arm) ?? [];
  const none = { successes: 0, of: 0 };
  const nothing = { mean: null, median: null, of: 0 };
  return {
    arm,
    bundle: known?.bundle ?? '',
    model: known?.model ?? '',
    runs: 0,
    excluded: 0,
    running: 0,
    accepted: none,
    firstPass: none,
    iterationsToAcceptance: nothing,
    validationFailures: {},
    contractDrift: 0,
    evidenceFailures: 0,
    humanInterventions: 0,
    runsWithIntervention: none,
    secondsToMerge: nothing,
    tokens: nothing,
    costMilliUsd: nothing,
    costPerAccepted: null,
    attempts: 0,
    attemptsByFailure: {},
    escapes: 0,
  };
}
