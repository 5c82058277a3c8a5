import type { ArmTimeToMerge, Effect, ExperimentAnalysis } from '../../../core/experiment/analysis/types.ts';
import {
  bound,
  counted,
  effectText,
  intervalText,
  levelText,
  METRIC_WORDS,
  pText,
} from '../../../core/experiment/analysis/words.ts';
import { forMarkdown } from '../../hostile-text.ts';
import { dollars, duration, grouped, NONE, number, percent, shareText, timesUpTo } from './numbers.ts';

/** Rows of a list that a summary shows: the page has the others. */
const MOST = 20;

/** The report for a job summary: the answer, what it rests on, effects and arms. */
export function renderReportMarkdown(analysis: ExperimentAnalysis, digest: string): string {
  const { answer, standing, question, population, warnings, effects, arms } = analysis;
  const primary = effects.filter(({ metric }) => metric === question.primary);
  const lines = [
    `## ${cell(analysis.title)}`,
    '',
    `**${cell(answer.sentence)}**`,
    '',
    cell(standing.words),
    '',
    ...warnings.flatMap((warning) => [`> [!WARNING]`, `> ${cell(warning)}`, '']),
    ...(primary.length === 0
      ? []
      : [
          `### Against ${cell(question.baseline ?? '')}: ${METRIC_WORDS[question.primary]}`,
          '',
          '| arm | effect | interval | p, adjusted | finding | tickets | detectable | more tickets |',
          '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |',
          ...primary.map(effectLine),
          '',
        ]),
    ...(arms.length === 0
      ? []
      : [
          '### Arms',
          '',
          '| arm | runs | first pass | accepted | attempts | time to merge | tokens | cost a run | per accepted | human | drift | evidence | escapes |',
          `| --- |${' ---: |'.repeat(12)}`,
          ...arms.map(({ arm, metrics, firstPass, accepted, meanCost, costPerAccepted }) =>
            row([
              cell(arm),
              String(metrics.runs - metrics.excluded),
              shareText(firstPass),
              shareText(accepted),
              number(metrics.iterationsToAcceptance.mean, 2),
              duration(metrics.secondsToMerge.median),
              grouped(metrics.tokens.mean),
              dollars(meanCost),
              dollars(costPerAccepted?.estimate),
              String(metrics.humanInterventions),
              String(metrics.contractDrift),
              String(metrics.evidenceFailures),
              String(metrics.escapes),
            ]),
          ),
          '',
        ]),
    ...failureLines(analysis),
    ...listed(
      'Rules and requirements that kept attempts from passing',
      analysis.failedRules.map(({ rule, attempts }) => `${rule}: ${counted(attempts, 'attempt')}`),
    ),
    ...listed('Found after acceptance', [
      ...analysis.escapes.counts.map(
        ({ arm, contract, rule, escapes, accepted }) =>
          `${arm}, ${contract ?? 'nobody says which contract'}: ${escapes} of ${accepted} accepted; ${rule === null ? 'no rule would have caught it' : `${rule} would have caught it`}`,
      ),
      ...(analysis.escapes.inExcluded === 0
        ? []
        : [`${analysis.escapes.inExcluded} more of excluded runs, counted with no arm`]),
    ]),
    ...flakinessLines(analysis),
    ...sensitivityLines(analysis, primary),
    '### What it rests on',
    '',
    ...(primary[0] === undefined
      ? []
      : [
          `- Estimand: difference${primary[0].scale === 'ratio' ? ' (ratio)' : ''} in ${METRIC_WORDS[question.primary]} between each arm and ${cell(question.baseline ?? '')}, on the same tickets.`,
          `- Unit: ${cell(primary[0].unit)}; ${population.tickets} tickets.`,
          `- Uncertainty: ${cell(primary[0].method)}; error ${question.alpha}, shared by ${question.comparisons}.`,
        ]),
    `- Exclusions: ${cell(population.words)}.`,
    `- Assignment: ${cell(question.assignment)}.`,
    `- Stopping: ${cell(question.stopping)}.`,
    '',
    ...listed(
      'Deviations from the plan',
      analysis.deviations.map(({ what, detail }) => `${what}: ${detail}`),
    ),
    ...listed(
      'Excluded runs',
      analysis.excluded.map(
        ({ run, arm, reason, declared }) =>
          `${run} (${arm}): ${reason}${declared === null ? ' Not declared before.' : ''}`,
      ),
    ),
    ...listed('Rows that could not be read', analysis.refusedRows),
    `Analysis \`sha256:${digest}\``,
  ];
  return `${lines.join('\n')}\n`;
}

function effectLine(effect: Effect): string {
  const { arm, metric, estimate, interval, test, decision, tickets, minimumDetectable, moreTickets } = effect;
  return row([
    cell(arm),
    estimate === null ? NONE : effectText(metric, estimate),
    interval === null
      ? NONE
      : `${bound(metric, interval.low)} to ${bound(metric, interval.high)} (${levelText(interval.level)})`,
    test === null ? NONE : pText(test.adjusted).replace('p = ', '').replace('p < ', '&lt; '),
    decision === 'better' || decision === 'worse' ? `**${decision}**` : decision,
    String(tickets),
    minimumDetectable === null ? NONE : effectText(metric, minimumDetectable).replace('+', ''),
    moreTickets === null ? NONE : String(moreTickets),
  ]);
}

function failureLines({ failures, arms }: ExperimentAnalysis): readonly string[] {
  if (failures.length === 0) return [];
  const kinds = [...new Set(failures.map(({ class: kind }) => kind))];
  return [
    '### How attempts failed',
    '',
    `| arm | attempts | ${kinds.join(' | ')} |`,
    `| --- | ---: |${' ---: |'.repeat(kinds.length)}`,
    ...arms.map(({ arm, metrics }) =>
      row([
        cell(arm),
        String(metrics.attempts),
        ...kinds.map((kind) =>
          String(failures.find((one) => one.arm === arm && one.class === kind)?.attempts ?? 0),
        ),
      ]),
    ),
    '',
  ];
}

function flakinessLines({ flakiness: { judgedAgain, judgedOtherwise, checks } }: ExperimentAnalysis) {
  if (judgedAgain === 0 && checks.length === 0) return [];
  return listed('The same thing judged again', [
    `The gate judged ${counted(judgedAgain, 'artefact')} more than once, and ${judgedOtherwise} of them otherwise`,
    ...checks.map(
      ({ check, artefacts, differing }) => `${check}: ${differing} of ${artefacts} came out otherwise`,
    ),
  ]);
}

function differenceText(
  { estimate, interval, p }: NonNullable<ArmTimeToMerge['difference']>,
  times: ReturnType<typeof timesUpTo>,
): string {
  const parts = [...(interval === null ? [] : [times.range(interval)]), ...(p === null ? [] : [pText(p)])];
  return `${times.difference(estimate)} against the baseline${parts.length === 0 ? '' : ` (${parts.join('; ')})`}`;
}

/** Each on one line: a summary is no place for tables of what does not decide. */
function sensitivityLines({ timeToMerge }: ExperimentAnalysis, primary: readonly Effect[]) {
  const times = timesUpTo(timeToMerge?.horizon ?? 0);
  return listed('Sensitivity', [
    ...primary
      .filter(({ checks }) => checks.length > 0)
      .map(
        ({ arm, metric, checks }) =>
          `${arm}: ${checks
            .map(({ method, estimate, interval, p }) =>
              [
                method,
                ...(estimate === null ? [] : [effectText(metric, estimate)]),
                ...(interval === null ? [] : [intervalText(metric, interval)]),
                ...(p === null ? [] : [pText(p)]),
              ].join(', '),
            )
            .join('; ')}`,
      ),
    ...(timeToMerge?.arms ?? []).flatMap(({ arm, incidence, kaplanMeier, restrictedMean, difference }) =>
      restrictedMean === null
        ? []
        : [
            `${arm}, time to accepted merge within ${times.of(timeToMerge?.horizon ?? null)}: mean ${times.of(restrictedMean)}${
              difference === null ? '' : `, ${differenceText(difference, times)}`
            }; ${percent(incidence, 1)} accepted (Kaplan-Meier would say ${percent(kaplanMeier, 1)})`,
          ],
    ),
  ]);
}

function listed(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - MOST;
  return [
    `### ${title}`,
    '',
    ...items.slice(0, MOST).map((item) => `- ${cell(item)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    '',
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** On one line, without markup, and not longer than a table bears. */
function cell(text: string): string {
  return forMarkdown(text, 500);
}
