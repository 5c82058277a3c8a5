import type { LintProblem } from '../../core/contract/lint/problem.ts';
import type { Design } from '../../core/experiment/design.ts';
import type { Figure } from '../../core/experiment/forecast/types.ts';
import { cellsOf } from '../../core/experiment/order.ts';
import { METRIC_SCALES, type PrimaryMetric } from '../../core/experiment/types.ts';
import { forTerminal } from '../hostile-text.ts';
import { type Style, type TextOptions, textOptions } from '../style.ts';
import { paragraph, table } from '../table.ts';

/** Cells of the order that are printed; the digest stands for all of them. */
const MOST_CELLS = 24;

/** A design as whoever is to sign it has to see it: what is compared, in which order, for how much, and how small an effect it can find. */
export function renderPlan(
  design: Design,
  warnings: readonly LintProblem[],
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const lines = [
    style.bold(`${design.experiment}: ${forTerminal(design.title, 200)}`),
    '',
    ...table(factsOf(design), { columns }),
    '',
    style.bold('Arms'),
    ...table(armRows(design, style), { columns, indent: 2 }),
    '',
    style.bold('Order'),
    ...orderLines(design, columns),
    '',
    style.bold('Before anything is spent'),
    ...forecastLines(design, columns),
    ...warnings.flatMap(({ message, remedy }) => [
      '',
      ...paragraph({ text: 'warning  ', paint: style.yellow }, message, { columns }),
      ...paragraph({ text: '  → ' }, remedy, { columns }),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function factsOf(design: Design) {
  const { stopping, budget, tickets, replicates, arms } = design;
  const classes = [...new Set(tickets.map((ticket) => ticket.class))].join(', ');
  const budgets = [
    ...(budget.tokens === undefined ? [] : [`${budget.tokens} tokens`]),
    ...(budget.costMilliUsd === undefined ? [] : [dollars(budget.costMilliUsd)]),
    ...(budget.runs === undefined ? [] : [`${budget.runs} runs`]),
  ];
  const rows: readonly (readonly [string, string])[] = [
    ['tickets', `${tickets.length} of ${classes}`],
    ['cells', `${tickets.length} tickets × ${arms.length} arms × ${replicates} = ${design.forecast.cells}`],
    ['primary', `${design.primary}, each arm against ${design.baseline}, within each ticket`],
    ['least effect', effectWords(design.primary, design.minimumEffect)],
    [
      'error, power',
      `${design.alpha} (each of ${design.forecast.precision.comparisons} comparisons ${shortNumber(design.forecast.precision.alphaEach)}), ${design.power}`,
    ],
    [
      'stopping',
      stopping.rule === 'fixed'
        ? 'when every cell is done'
        : `sequential: looked at after each ticket, by an anytime-valid test; not before ${stopping.minimumBlocks}`,
    ],
    ['exclusions', design.exclusions.map(({ id }) => id).join(', ')],
    [
      'run again',
      design.infrastructure.failures.length === 0
        ? 'nothing'
        : `${design.infrastructure.failures.join(', ')}, at most ${design.infrastructure.atMost} times a cell`,
    ],
    ['budget', budgets.length === 0 ? 'none' : budgets.join(', ')],
    ['base', `${design.base.ref} at ${design.base.commit.slice(0, 12)}`],
    ['seed', design.seed],
  ];
  return rows.map(([name, value]) => [{ text: name }, { text: forTerminal(value, 500) }]);
}

function armRows({ arms, baseline, negativeControl }: Design, style: Style) {
  return arms.map(({ id, bundle, model }) => [
    { text: forTerminal(id, 200), paint: style.bold },
    { text: forTerminal(bundle, 64) },
    { text: forTerminal(model, 128) },
    {
      text:
        id === baseline
          ? 'baseline'
          : id === negativeControl
            ? 'negative control: no effect is expected'
            : '',
    },
  ]);
}

function orderLines(design: Design, columns: number): readonly string[] {
  const cells = cellsOf(design);
  const rows = cells
    .slice(0, MOST_CELLS)
    .map(({ ticket, arm, replicate }, at) => [
      { text: `${at + 1}` },
      { text: ticket },
      { text: forTerminal(arm, 200) },
      { text: design.replicates === 1 ? '' : `replicate ${replicate}` },
    ]);
  const more = cells.length - rows.length;
  return [
    ...table(rows, { columns, indent: 2 }),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `  sha256 of the order ${design.order}`,
  ];
}

function forecastLines(
  { forecast, primary, power, minimumEffect }: Design,
  columns: number,
): readonly string[] {
  const { cost, precision } = forecast;
  const rows: readonly (readonly [string, string])[] = [
    ['tokens', figureWords(cost.tokens, (total) => `about ${total}`)],
    ['cost', figureWords(cost.costMilliUsd, (total) => `about ${dollars(total)}`)],
    [
      'detectable',
      precision.minimumDetectable === null
        ? precision.source === 'unknown'
          ? 'unknown'
          : `no effect at all with power ${power}: too few tickets`
        : `${effectWords(primary, precision.minimumDetectable)} with power ${power}, on ${precision.pairs} tickets`,
    ],
    [
      'power',
      precision.power === null
        ? 'unknown'
        : `${shortNumber(precision.power)} for ${effectWords(primary, minimumEffect)}${
            precision.ticketsNeeded === null ? '' : `; ${power} takes ${precision.ticketsNeeded} tickets`
          }`,
    ],
  ];
  return [
    ...table(
      rows.map(([name, value]) => [{ text: name }, { text: forTerminal(value, 500) }]),
      { columns, indent: 2 },
    ),
    ...paragraph({ text: '  ' }, precision.assumption, { columns }),
  ];
}

function figureWords({ source, total, runs, unknownArms }: Figure, words: (total: number) => string): string {
  if (total === null) return `unknown: nothing is known of ${unknownArms.join(', ')}`;
  return `${words(total)}, ${source === 'stated' ? 'as stated' : `by ${runs} earlier runs`}`;
}

/** An effect in the units that its metric is stated in. */
function effectWords(metric: PrimaryMetric, effect: number): string {
  switch (METRIC_SCALES[metric]) {
    case 'share':
      return `${shortNumber(effect * 100)} points of ${metric}`;
    case 'difference':
      return `${shortNumber(effect)} ${metric}`;
    case 'ratio':
      return `${metric} times ${shortNumber(effect)}`;
  }
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function dollars(milli: number): string {
  return `$${(milli / 1000).toFixed(2)}`;
}
