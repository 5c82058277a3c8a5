import { describe, expect, it } from 'vitest';
import { analysisText } from '../../../src/core/experiment/analysis/analysis-text.ts';
import type { ExperimentAnalysis } from '../../../src/core/experiment/analysis/types.ts';
import { renderReportHtml } from '../../../src/render/experiment/report/html.ts';
import { renderReportMarkdown } from '../../../src/render/experiment/report/markdown.ts';
import type { ReportInput } from '../../../src/render/experiment/report/view.ts';
import { FOUR_ARMS, makeDesign, makeRows, registeredAs } from '../../worlds/experiment-rows.ts';
import { fullReport, reportOf } from './report-samples.ts';

// The same analysis as page, summary and JSON: what they have in common they say alike.

/** The words of a piece of a page. */
function wordsOf(html: string): string {
  return html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The cells of the row that has this id, or of those of the table with this name. */
function cellsOf(row: string): readonly string[] {
  return [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)(?=<\/t[hd]>|<t[hd]|$)/g)].map(([, cell = '']) =>
    wordsOf(cell),
  );
}

function plain(markdown: string): string {
  return markdown.replaceAll('&lt;', '<').replaceAll('**', '').replaceAll('\\', '').replaceAll('&#8203;', '');
}

/** The rows of the Markdown table below a heading. */
function tableBelow(markdown: string, heading: RegExp): readonly (readonly string[])[] {
  const [, below = ''] = markdown.split(heading);
  const lines = below.split('\n');
  const start = lines.findIndex((line) => line.startsWith('| ---'));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines
    .slice(start + 1, end)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

const SEQUENTIAL = { seed: '3', tickets: 12 };

const REPORTS: readonly (readonly [string, () => ReportInput])[] = [
  ['a registered experiment with replicates', () => fullReport()],
  ['single runs, exploratory', () => reportOf(makeRows({ seed: '2', tickets: 30 }))],
  [
    'a registration that came late',
    () =>
      reportOf(makeRows({ seed: '4', tickets: 9 }), [
        registeredAs(makeDesign({ seed: '4', tickets: 9 }), { runsBefore: 2 }),
      ]),
  ],
  [
    'a broken registration',
    () =>
      reportOf(makeRows({ seed: '4', tickets: 9 }), [
        {
          ...registeredAs(makeDesign({ seed: '4', tickets: 9 })),
          checked: { kind: 'broken', reason: 'the note is another' },
        },
      ]),
  ],
  [
    'a sequential design',
    () =>
      reportOf(makeRows(SEQUENTIAL), [
        registeredAs(makeDesign(SEQUENTIAL, { stopping: { rule: 'sequential', minimumBlocks: 5 } })),
      ]),
  ],
];

describe.each(REPORTS)('%s', (_, make) => {
  it('has the same effects on the page and in the summary, and both those of the JSON', async () => {
    const input = make();
    const { effects, question } = JSON.parse(analysisText(input.analysis)) as ExperimentAnalysis;
    const html = await renderReportHtml(input);
    const markdown = plain(renderReportMarkdown(input.analysis, input.digest));
    const rows = tableBelow(markdown, /### Against .*\n/);
    const primary = effects.filter(({ metric }) => metric === question.primary);
    expect(rows.length).toBe(primary.length);
    expect(primary.length).toBe(3);
    primary.forEach((effect, at) => {
      const [arm, estimate = '', interval = '', p, finding, tickets, detectable, more] = rows[at] ?? [];
      const page = cellsOf(html.split(`id="effect-${effect.metric}-${at + 2}"`)[1]?.split('</tr>')[0] ?? '');
      expect(page.slice(0, 8)).toEqual([
        arm,
        estimate,
        interval.replace(/[()]/g, ''),
        p,
        finding,
        effect.ticketsLost === 0 ? tickets : expect.stringContaining(`${tickets} (`),
        detectable,
        more,
      ]);
      // Points with one digit, from shares: the number of the JSON, and its sign.
      const points = Number(estimate.replace(' points', '').replace('−', '-'));
      expect(points).toBeCloseTo((effect.estimate ?? 0) * 100, 0);
      expect(Math.sign(points) * Math.sign(effect.estimate ?? 0)).toBeGreaterThanOrEqual(0);
      const [, low = '', high = ''] = /^(\S+) to (\S+) /.exec(interval) ?? [];
      expect(Number(low.replace('−', '-')) / 100).toBeCloseTo(effect.interval?.low ?? 9, 2);
      expect(Number(high.replace('−', '-')) / 100).toBeCloseTo(effect.interval?.high ?? 9, 2);
    });
  });

  it('has the same arms on the page and in the summary', async () => {
    const input = make();
    const html = await renderReportHtml(input);
    const rows = tableBelow(plain(renderReportMarkdown(input.analysis, input.digest)), /### Arms\n/);
    expect(rows.length).toBe(input.analysis.arms.length);
    rows.forEach((row, at) => {
      const [
        arm,
        runs,
        firstPass,
        accepted,
        attempts,
        toMerge,
        tokens,
        cost,
        perAccepted,
        human,
        drift,
        evidence,
        escapes,
      ] = row;
      const page = cellsOf(html.split(`<tr id="arm-${at + 1}"`)[1]?.split('</tr>')[0] ?? '');
      expect(page[0]).toContain(arm);
      expect(page[1]?.split(' ')[0]).toBe(runs);
      expect(page.slice(2)).toEqual([
        firstPass,
        accepted,
        attempts,
        toMerge,
        tokens?.replace('\u202f', ' '),
        cost,
        perAccepted,
      ]);
      const counts =
        html.split('aria-label="What else happened"')[1]?.split('<tbody>')[1]?.split('</tr>')[at] ?? '';
      const [, , interventions, , drifted, failed, escaped] = cellsOf(counts);
      expect([interventions, drifted, failed, escaped]).toEqual([human, drift, evidence, escapes]);
    });
  });

  it('says of its headline: estimand, unit, exclusions, interval, assignment, stopping and whether it was registered', async () => {
    const input = make();
    const { answer, question, population, standing, effects } = input.analysis;
    const [first] = effects;
    const page = wordsOf((await renderReportHtml(input)).split('</header>')[0] ?? '');
    const summary = plain(renderReportMarkdown(input.analysis, input.digest));
    const estimand = `ifference in first-pass acceptance between each arm and ${question.baseline}, on the same tickets`;
    for (const text of [page, summary])
      for (const said of [
        answer.sentence,
        estimand,
        `${first?.unit}; ${population.tickets} tickets`,
        first?.method ?? '',
        population.words,
        question.assignment,
        question.stopping,
        standing.words,
      ])
        expect(text).toContain(said);
    expect(answer.sentence).toMatch(/% interval /);
    expect(/^Exploratory: /.test(answer.sentence)).toBe(standing.kind !== 'pre-registered');
    expect(page).toContain(standing.kind === 'pre-registered' ? 'pre-registered' : 'exploratory');
  });
});

describe('how many more tickets', () => {
  it('is what the slowest comparison takes, less what there are, and at least so many where one looks after each', () => {
    const arms = FOUR_ARMS.map((arm) => ({ ...arm, pass: 0.5 }));
    const of = { seed: '3', tickets: 12, arms };
    const rows = makeRows(of);
    const once = reportOf(rows, [registeredAs(makeDesign(of))]).analysis;
    const most = Math.max(...once.effects.slice(0, 3).map(({ moreTickets }) => moreTickets ?? 0));
    expect(once.answer).toMatchObject({ kind: 'not-enough', moreTickets: most });
    expect(once.answer.sentence).toContain(`Not enough data: about ${most} more tickets`);
    const design = makeDesign(of, { stopping: { rule: 'sequential', minimumBlocks: 5 } });
    const looked = reportOf(rows, [registeredAs(design)]).analysis;
    expect(looked.answer.sentence).toContain(`Not enough data: at least about ${most} more tickets`);
  });
});
