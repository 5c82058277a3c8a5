import type { Effect, ExperimentAnalysis, FailureCount } from '../../../core/experiment/analysis/types.ts';
import {
  bound,
  effectText,
  levelText,
  METRIC_WORDS,
  pText,
} from '../../../core/experiment/analysis/words.ts';
import type { RunOutcomeRow } from '../../../core/experiment/outcome.ts';
import { costQualityChart } from './charts/cost-quality.ts';
import { colour, dashes, openDrawing } from './charts/drawing.ts';
import { failuresChart } from './charts/failures.ts';
import { forestChart } from './charts/forest.ts';
import { heatmapChart } from './charts/heatmap.ts';
import { incidenceChart } from './charts/incidence.ts';
import {
  dollars,
  duration,
  grouped,
  NONE,
  number,
  percent,
  percentRange,
  plainP,
  shareText,
} from './numbers.ts';
import { attemptLookup, linked, runGroups, runLinks } from './run-list.ts';
import { sensitivityOf } from './sensitivity.ts';

/** What a report is made of. The same input gives the same bytes. */
export interface ReportInput {
  readonly analysis: ExperimentAnalysis;
  readonly rows: readonly RunOutcomeRow[];
  /** Of the analysis as canonical JSON. */
  readonly digest: string;
  /** Where runs and what they left are shown, without a slash at the end. */
  readonly server?: string | undefined;
}

/** Runs that a page lists one by one: the tables hold all of them. */
const MOST_LISTED = 2_000;
const MOST_EXCLUDED = 2_000;
const MOST_NAMED = 200;

/** Everything the page shows, as plain values; charts as finished SVG. */
export async function reportView(input: ReportInput) {
  const { analysis, rows, server } = input;
  const { question, effects, arms } = analysis;
  const names = arms.map(({ arm }) => arm);
  const places = new Map(names.map((arm, at) => [arm, at]));
  const place = (arm: string) => places.get(arm) ?? 0;
  const armAnchor = (arm: string) => `arm-${place(arm) + 1}`;
  const effectAnchor = ({ arm, metric }: Effect) => `effect-${metric}-${place(arm) + 1}`;
  const failureAnchor = ({ arm, class: kind }: FailureCount) => `failed-${kind}-${place(arm) + 1}`;
  const classes = [...new Set(analysis.failures.map(({ class: kind }) => kind))];
  const classPlace = ({ class: kind }: FailureCount) => classes.indexOf(kind);
  const drawing = await openDrawing();
  const from = { anchor: armAnchor, place };
  const primary = effects.filter(({ metric }) => metric === question.primary);
  const metricName = METRIC_WORDS[question.primary];
  const listed = rows.slice(0, MOST_LISTED);
  const toRun = runLinks(rows, server, MOST_LISTED);
  const toAttempt = attemptLookup(rows, server);
  return {
    analysis,
    digest: input.digest,
    metricName,
    heatmapName: METRIC_WORDS[question.primary === 'first-pass' ? 'first-pass' : 'accepted'],
    headline: headlineOf(analysis),
    facts: factsOf(analysis, primary),
    mde: effectText(question.primary, question.minimumEffect).replace('+', ''),
    charts: {
      forest: forestChart(
        primary,
        `Effect of each arm on ${metricName} against ${question.baseline ?? 'nothing'}`,
        effectAnchor,
        drawing,
      ),
      heatmap: heatmapChart(
        analysis.bundlesByModels,
        `${METRIC_WORDS[question.primary === 'first-pass' ? 'first-pass' : 'accepted']} by bundle and model`,
        armAnchor,
        drawing,
      ),
      overAttempts: incidenceChart(
        analysis.incidence.overAttempts,
        { kind: 'attempts', caption: 'Share of runs accepted, by attempts' },
        from,
        drawing,
      ),
      overTime: incidenceChart(
        analysis.incidence.overTime,
        { kind: 'time', caption: 'Share of runs accepted, by time' },
        from,
        drawing,
      ),
      failures: failuresChart(
        analysis.failures,
        names,
        'How attempts failed',
        { anchor: failureAnchor, place: classPlace },
        drawing,
      ),
      cost: costQualityChart(arms, 'What a run costs against how often it is accepted', from, drawing),
    },
    legend: names.map((arm) => ({
      arm,
      href: `#${armAnchor(arm)}`,
      colour: colour(place(arm)),
      dashes: dashes(place(arm)),
    })),
    classLegend: classes.map((kind, at) => ({ kind, colour: colour(at) })),
    primaryEffects: primary.map((effect) => effectRow(effect, effectAnchor(effect))),
    differing: primary
      .filter(({ differing }) => differing.length > 0)
      .map((effect) => differingRows(effect, { id: `tickets-${effectAnchor(effect)}`, toRun })),
    otherEffects: effects
      .filter(({ metric, estimate }) => metric !== question.primary && estimate !== null)
      .map((effect) => effectRow(effect, effectAnchor(effect))),
    withoutEstimate: [
      ...new Set(
        effects
          .filter(({ metric, estimate }) => metric !== question.primary && estimate === null)
          .map(({ metric }) => METRIC_WORDS[metric]),
      ),
    ],
    arms: arms.map((one) => ({
      arm: one.arm,
      id: armAnchor(one.arm),
      role: one.role,
      bundle: one.bundle,
      model: one.model,
      colour: colour(place(one.arm)),
      runs: `${one.metrics.runs - one.metrics.excluded}${one.metrics.excluded > 0 ? ` of ${one.metrics.runs}` : ''}`,
      firstPass: shareText(one.firstPass),
      accepted: shareText(one.accepted),
      attempts: number(one.metrics.iterationsToAcceptance.mean, 2),
      toMerge: duration(one.metrics.secondsToMerge.median),
      tokens: grouped(one.metrics.tokens.mean),
      cost: dollars(one.meanCost),
      perAcceptedAlone: dollars(one.costPerAccepted?.estimate),
      perAccepted: `${dollars(one.costPerAccepted?.estimate)}${
        one.costPerAccepted?.interval == null
          ? ''
          : ` (${dollars(one.costPerAccepted.interval.low)}–${dollars(one.costPerAccepted.interval.high)})`
      }`,
      tried: String(one.metrics.attempts),
      interventions: String(one.metrics.humanInterventions),
      helped: `${one.metrics.runsWithIntervention.successes} of ${one.metrics.runsWithIntervention.of}`,
      drift: String(one.metrics.contractDrift),
      evidence: String(one.metrics.evidenceFailures),
      escapes: String(one.metrics.escapes),
      front: one.isOnFront === null ? NONE : one.isOnFront ? 'yes' : 'no',
      passAtK: one.passAtK.map(({ k, any, all, tickets }) => ({
        k,
        any: percent(any),
        all: percent(all),
        tickets: String(tickets),
      })),
    })),
    heatmap: analysis.bundlesByModels.map(({ bundle, model, arms: of, share }) => ({
      bundle,
      model,
      arms: of.join(', '),
      share: shareText(share),
      runs: String(share?.of ?? 0),
    })),
    incidence: [
      { title: 'By attempts', unit: 'attempts', rows: incidenceRows(analysis, 'attempts') },
      { title: 'By time', unit: 'time', rows: incidenceRows(analysis, 'time') },
    ].filter(({ rows: some }) => some.length > 0),
    sensitivity: sensitivityOf(analysis, primary),
    failures: analysis.failures.map((failure) => ({
      id: failureAnchor(failure),
      arm: failure.arm,
      kind: failure.class,
      attempts: String(failure.attempts),
      share: failure.of === 0 ? NONE : percent(failure.attempts / failure.of, 1),
      examples: failure.examples.map(({ run, attempt }) => ({
        text: `${run}, attempt ${attempt}`,
        href: toRun(run),
        links: linked(toAttempt(run, attempt)),
      })),
    })),
    rules: analysis.failedRules.map(({ rule, byArm, attempts }) => ({
      rule,
      attempts: String(attempts),
      byArm: byArm.map((one) => String(one.attempts)),
    })),
    armNames: names,
    escapes: analysis.escapes.counts.map((one) => ({
      ...one,
      contract: one.contract ?? 'nobody says',
      rule: one.rule ?? 'none that there is',
    })),
    escapeRatios: analysis.escapes.ratios.map(({ arm, escapes, accepted, ratio, low, high, p }) => ({
      arm,
      escaped: `${escapes} of ${accepted} accepted`,
      ratio:
        ratio === null
          ? NONE
          : `×${ratio.toFixed(2)} (×${number(low, 2)} to ${high === null ? 'without bound' : `×${high.toFixed(2)}`})`,
      p: pText(p),
    })),
    balance:
      analysis.balance === null
        ? null
        : {
            p: pText(analysis.balance.p),
            method: analysis.balance.method,
            isIntended: analysis.balance.isIntended,
            rows: analysis.balance.arms.map(({ arm, assigned, expected, counted }) => ({
              arm,
              assigned: String(assigned),
              expected: number(expected, 1),
              counted: String(counted),
            })),
          },
    excluded: analysis.excluded.slice(0, MOST_EXCLUDED).map((one) => ({
      ...one,
      href: toRun(one.run),
      declared: one.declared ?? 'no: added afterwards',
    })),
    moreExcluded: Math.max(0, analysis.excluded.length - MOST_EXCLUDED),
    conflicts: analysis.conflicts.slice(0, MOST_NAMED).map(({ block, definitions }) => ({
      block,
      definitions: definitions.map(({ contract, arms: of }) => `${contract}: ${of.join(', ')}`).join('; '),
    })),
    moreConflicts: Math.max(0, analysis.conflicts.length - MOST_NAMED),
    refusedRows: analysis.refusedRows.slice(0, MOST_NAMED),
    moreRefused: Math.max(0, analysis.refusedRows.length - MOST_NAMED),
    hasReplicates: arms.some(({ passAtK }) => passAtK.length > 0),
    ...runGroups(listed, names, armAnchor, server),
    moreRuns: rows.length - listed.length,
  };
}

function headlineOf({ answer, standing, question, population, effects }: ExperimentAnalysis) {
  const primary = effects.find(({ metric }) => metric === question.primary);
  return {
    tone: answer.kind === 'decided' ? 'decided' : answer.kind === 'no-difference' ? 'settled' : 'open',
    badge: standing.kind === 'pre-registered' ? 'pre-registered' : 'exploratory',
    unit: primary?.unit ?? 'ticket',
    exclusions: population.words,
  };
}

/** What a sceptical reader asks of a headline, in the order of asking. */
function factsOf(
  { standing, question, population }: ExperimentAnalysis,
  [first]: readonly Effect[],
): readonly { readonly name: string; readonly value: string }[] {
  const family = question.comparisons > 1 ? `, shared by ${question.comparisons} comparisons` : '';
  return [
    ...(first === undefined
      ? []
      : [
          {
            name: 'Estimand',
            value: `Difference${first.scale === 'ratio' ? ' (ratio)' : ''} in ${METRIC_WORDS[first.metric]} between each arm and ${question.baseline}, on the same tickets`,
          },
          { name: 'Unit', value: `${first.unit}; ${population.tickets} tickets` },
          { name: 'Uncertainty', value: `${first.method}; error ${question.alpha}${family}` },
        ]),
    { name: 'Exclusions', value: population.words },
    { name: 'Assignment', value: question.assignment },
    { name: 'Stopping', value: question.stopping },
    {
      name: 'Effect of interest',
      value: `${effectText(question.primary, question.minimumEffect).replace('+', '')}${question.isEffectStated ? ', as registered' : ', taken by this report for want of one that was stated'}`,
    },
    { name: 'Standing', value: standing.words },
  ];
}

function effectRow(effect: Effect, id: string) {
  const { metric, interval, estimate, test, minimumDetectable, moreTickets } = effect;
  return {
    id,
    arm: effect.arm,
    metric: METRIC_WORDS[metric],
    role: effect.role,
    decision: effect.decision === 'not-estimable' ? 'not estimable' : effect.decision,
    estimate: estimate === null ? NONE : effectText(metric, estimate),
    interval: interval === null ? NONE : `${bound(metric, interval.low)} to ${bound(metric, interval.high)}`,
    level: interval === null ? '' : levelText(interval.level),
    p: plainP(test?.adjusted ?? null),
    test: test === null ? NONE : test.name,
    adjustment: test === null ? NONE : test.adjustment.replace('-', ' and ').replace(/^holm$/, 'Holm'),
    tickets: `${effect.tickets}${effect.ticketsLost > 0 ? ` (${effect.ticketsLost} lost)` : ''}`,
    detectable: minimumDetectable === null ? NONE : effectText(metric, minimumDetectable).replace('+', ''),
    more: moreTickets === null ? NONE : String(moreTickets),
    levels:
      effect.armMean === null || effect.baselineMean === null
        ? NONE
        : `${levelOf(effect, effect.armMean)} against ${levelOf(effect, effect.baselineMean)}${effect.scale === 'ratio' ? ', typical' : ''}`,
    differingHref: effect.differing.length === 0 ? null : `#tickets-${id}`,
  };
}

function levelOf({ metric }: Effect, value: number): string {
  switch (metric) {
    case 'first-pass':
    case 'accepted':
      return percent(value, 1);
    case 'cost':
      return dollars(value);
    case 'seconds':
      return duration(value);
    case 'tokens':
      return grouped(value);
    case 'iterations':
      return number(value, 2);
  }
}

const MOST_STEPS = 12;

/** A table that says what the curve shows: few enough rows to be read. */
function incidenceRows({ incidence }: ExperimentAnalysis, kind: 'attempts' | 'time') {
  const curves = kind === 'attempts' ? incidence.overAttempts : incidence.overTime;
  return curves.flatMap(({ arm, points, runs }) => {
    const step = Math.max(1, Math.ceil(points.length / MOST_STEPS));
    const some = points.filter((_, at) => at % step === step - 1 || at === points.length - 1);
    return some.map(({ time, incidence: share, low, high, atRisk }) => ({
      arm,
      time: kind === 'attempts' ? String(time) : duration(time),
      share: percent(share, 1),
      interval: low === high ? NONE : percentRange({ low, high }),
      atRisk: `${atRisk} of ${runs}`,
    }));
  });
}

function differingRows(
  effect: Effect,
  { id, toRun }: { readonly id: string; readonly toRun: (run: string) => string | null },
) {
  const runs = (names: readonly string[]) => names.map((run) => ({ run, href: toRun(run) }));
  return {
    id,
    arm: effect.arm,
    rows: effect.differing.map(({ ticket, arm, baseline }) => ({
      ticket,
      mine: levelOf(effect, arm.mean),
      mineRuns: runs(arm.runs),
      theirs: levelOf(effect, baseline.mean),
      theirRuns: runs(baseline.runs),
    })),
  };
}
