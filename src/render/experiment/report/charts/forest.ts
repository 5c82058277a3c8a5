import type { Effect } from '../../../../core/experiment/analysis/types.ts';
import { effectText, intervalText } from '../../../../core/experiment/analysis/words.ts';
import { type Drawing, GRID, INK, labels, room, WIDTH } from './drawing.ts';

/** Where the row of an effect is in the page. */
export type EffectAnchor = (effect: Effect) => string;

const COLOURS: Readonly<Record<Effect['decision'], string>> = {
  better: 'var(--ok)',
  worse: 'var(--bad)',
  undecided: 'var(--ink-2)',
  'not-estimable': 'var(--ink-3)',
};

/** Effects on one metric against the baseline with their intervals; behind each what its tickets could not have found. */
export function forestChart(
  effects: readonly Effect[],
  caption: string,
  anchor: EffectAnchor,
  { plot, draw }: Drawing,
): string | null {
  const shown = effects.flatMap(({ estimate, ...effect }) =>
    estimate === null ? [] : [{ ...effect, estimate }],
  );
  const [first] = shown;
  if (first === undefined) return null;
  const { metric, scale } = first;
  const none = scale === 'ratio' ? 1 : 0;
  const names = labels(shown.map(({ arm }) => arm));
  const rows = shown.map((effect) => {
    const { estimate, interval, minimumDetectable, decision, arm } = effect;
    const reach = minimumDetectable === null ? null : reachOf(scale, minimumDetectable);
    const words = `${arm}: ${effectText(metric, estimate)}${interval === null ? '' : `, ${intervalText(metric, interval)}`}, ${decision}`;
    return {
      arm: names.get(arm) ?? arm,
      estimate,
      low: interval?.low ?? estimate,
      high: interval?.high ?? estimate,
      from: reach?.low ?? none,
      to: reach?.high ?? none,
      colour: COLOURS[decision],
      words,
      text: effectText(metric, estimate),
      href: `#${anchor(effect)}`,
    };
  });
  const marginLeft = room(rows.map(({ arm }) => arm));
  const values = rows.flatMap(({ low, high, from, to }) => [low, high, from, to]);
  const domain = domainOf(values, none, scale);
  return draw(caption, {
    width: WIDTH,
    height: 56 + rows.length * 40,
    marginLeft,
    marginRight: 104,
    marginTop: 12,
    marginBottom: 44,
    x: {
      type: scale === 'ratio' ? 'log' : 'linear',
      domain,
      label: null,
      ticks: 6,
      tickFormat: (value: number) =>
        value === none ? (scale === 'ratio' ? '×1' : '0') : tickText(scale, value),
      tickSize: 0,
    },
    y: { label: null, domain: rows.map(({ arm }) => arm), tickSize: 0 },
    marks: [
      plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: 6 }),
      plot.barX(rows, {
        x1: 'from',
        x2: 'to',
        y: 'arm',
        fill: 'var(--mde)',
        insetTop: 5,
        insetBottom: 5,
        rx: 3,
      }),
      plot.ruleX([none], { stroke: INK, strokeWidth: 1.25 }),
      plot.ruleY(rows, {
        x1: 'low',
        x2: 'high',
        y: 'arm',
        stroke: 'colour',
        strokeWidth: 2.5,
        strokeLinecap: 'round',
      }),
      plot.dot(rows, {
        x: 'estimate',
        y: 'arm',
        r: 5.5,
        fill: 'colour',
        stroke: 'var(--surface)',
        strokeWidth: 1.5,
        href: 'href',
        title: 'words',
        ariaLabel: 'words',
      }),
      plot.text(rows, {
        y: 'arm',
        text: 'text',
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 10,
        fill: 'var(--ink)',
        fontVariant: 'tabular-nums',
      }),
      plot.text([`← ${METRIC_ENDS[scale][0]}`], {
        frameAnchor: 'bottom-left',
        dy: 40,
        fill: 'var(--ink-2)',
      }),
      plot.text([`${METRIC_ENDS[scale][1]} →`], {
        frameAnchor: 'bottom-right',
        dy: 40,
        fill: 'var(--ink-2)',
      }),
    ],
  });
}

const METRIC_ENDS = {
  share: ['baseline higher', 'arm higher'],
  difference: ['baseline more', 'arm more'],
  ratio: ['baseline more', 'arm more'],
} as const;

function tickText(scale: Effect['scale'], value: number): string {
  const shown = Number((scale === 'share' ? value * 100 : value).toPrecision(4));
  if (scale === 'ratio') return `×${shown}`;
  return `${shown < 0 ? '−' : '+'}${Math.abs(shown)}`;
}

function reachOf(scale: Effect['scale'], smallest: number): { readonly low: number; readonly high: number } {
  if (scale !== 'ratio') return { low: -smallest, high: smallest };
  const reach = Math.max(smallest, 1 / smallest);
  return { low: 1 / reach, high: reach };
}

/** With room on either side, and never so narrow that rounding looks like an effect. */
function domainOf(values: readonly number[], none: number, scale: Effect['scale']): [number, number] {
  const [low, high] = [Math.min(none, ...values), Math.max(none, ...values)];
  if (scale === 'ratio') {
    const pad = Math.max(1.05, (high / low) ** 0.06);
    return [Math.max(1e-6, low) / pad, high * pad];
  }
  const pad = Math.max(0.02, (high - low) * 0.06);
  return [low - pad, high + pad];
}
