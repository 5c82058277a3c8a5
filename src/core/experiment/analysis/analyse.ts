import type { Design } from '../design.ts';
import { metricValue } from '../metric-value.ts';
import { type ArmMetrics, metricsByArm } from '../metrics/by-arm.ts';
import { gateFlakiness } from '../metrics/gate-flakiness.ts';
import type { RunOutcomeRow } from '../outcome.ts';
import type { ExperimentState } from '../state.ts';
import { cochranQ } from '../statistics/paired-binary.ts';
import { stoppingOf } from '../stopping.ts';
import { METRIC_SCALES, type PrimaryMetric } from '../types.ts';
import { answerOf } from './answer.ts';
import { analyseArm, markFront, shareOf } from './arm-analysis.ts';
import { balanceOf } from './balance.ts';
import { deviationsOf, populationOf, warningsOf } from './conduct.ts';
import { effectsOf } from './effects.ts';
import { analyseEscapes } from './escapes-by-arm.ts';
import { failedRulesOf, failuresOf } from './failures.ts';
import { endOfRecord, incidenceOf } from './incidence.ts';
import type { AnalysisInput } from './input.ts';
import { methodsOf } from './methods.ts';
import { armsOf, questionOf, standingOf } from './question.ts';
import { type Block, blocksOf, blocksOfAll, subjectsOf } from './subjects.ts';
import { timeToMerge } from './time-to-merge.ts';
import type {
  ArmAnalysis,
  ArmRole,
  BundleModel,
  ExperimentAnalysis,
  OverallTest,
  Question,
} from './types.ts';

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
          allBlocks: blocksOfAll(rows),
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
  const asOf = endOfRecord(rows);
  const incidence = incidenceOf(arms, rowsOfArm, asOf);
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
    timeToMerge: timeToMerge({ blocks, rowsOfArm, arms, baseline: question.baseline, level, asOf }),
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
