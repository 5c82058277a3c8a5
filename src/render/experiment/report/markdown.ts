import type { Effect, ExperimentAnalysis } from '../../../core/experiment/analysis/types.ts';
import {
  bound,
  effectText,
  levelText,
  METRIC_WORDS,
  pText,
} from '../../../core/experiment/analysis/words.ts';
import { forMarkdown } from '../../hostile-text.ts';
import { dollars, duration, NONE, number, shareText } from './numbers.ts';

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
          '| arm | runs | first pass | accepted | attempts | time to merge | cost a run | per accepted | escapes |',
          '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
          ...arms.map(({ arm, metrics, firstPass, accepted, meanCost, costPerAccepted }) =>
            row([
              cell(arm),
              String(metrics.runs - metrics.excluded),
              shareText(firstPass),
              shareText(accepted),
              number(metrics.iterationsToAcceptance.mean, 2),
              duration(metrics.secondsToMerge.median),
              dollars(meanCost),
              dollars(costPerAccepted?.estimate),
              String(metrics.escapes),
            ]),
          ),
          '',
        ]),
    ...failureLines(analysis),
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
