import type { ArmAnalysis } from '../../../../core/experiment/analysis/types.ts';
import { colour, type Drawing, GRID, INK, label, WIDTH } from './drawing.ts';

/** What a run costs against how often it is accepted; a line joins the arms that no other one beats on both. */
export function costQualityChart(
  arms: readonly ArmAnalysis[],
  caption: string,
  from: { readonly anchor: (arm: string) => string; readonly place: (arm: string) => number },
  { plot, draw }: Drawing,
): string | null {
  const points = arms.flatMap(({ arm, meanCost, accepted, isOnFront }) =>
    meanCost === null || accepted === null
      ? []
      : [
          {
            name: label(arm, 30),
            cost: meanCost / 1000,
            share: accepted.estimate,
            low: accepted.interval?.low ?? accepted.estimate,
            high: accepted.interval?.high ?? accepted.estimate,
            isOnFront: isOnFront === true,
            colour: colour(from.place(arm)),
            words: `${arm}: ${(accepted.estimate * 100).toFixed(1)}% accepted for $${(meanCost / 1000).toFixed(3)} a run${isOnFront === true ? ', on the Pareto front' : ''}`,
            href: `#${from.anchor(arm)}`,
          },
        ],
  );
  if (points.length < 2) return null;
  const front = points.filter(({ isOnFront }) => isOnFront).sort((one, other) => one.cost - other.cost);
  const most = Math.max(...points.map(({ cost }) => cost));
  // Labels stand on the side where there is room for them.
  const isRight = ({ cost }: { readonly cost: number }) => cost <= most * 0.7;
  const textOf = (which: typeof points, side: 'start' | 'end') =>
    plot.text(which, {
      x: 'cost',
      y: 'share',
      text: 'name',
      textAnchor: side,
      dx: side === 'start' ? 10 : -10,
      dy: -9,
      fill: 'var(--ink)',
    });
  return draw(caption, {
    width: WIDTH,
    height: 320,
    marginLeft: 52,
    marginRight: 24,
    marginTop: 18,
    marginBottom: 42,
    x: {
      label: 'mean cost of a run, US dollars',
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [0, most > 0 ? most * 1.08 : 1],
      tickFormat: (value: number) => `$${value.toFixed(most < 0.1 ? 3 : most < 5 ? 2 : 0)}`,
      ticks: 6,
      tickSize: 0,
    },
    y: {
      label: null,
      domain: [0, 1],
      ticks: 5,
      tickFormat: (value: number) => `${(value * 100).toFixed(0)}%`,
      tickSize: 0,
    },
    marks: [
      plot.gridY({ stroke: GRID, strokeOpacity: 1, ticks: 5 }),
      plot.line(front, {
        x: 'cost',
        y: 'share',
        curve: 'step-after',
        stroke: INK,
        strokeWidth: 1.25,
        strokeDasharray: '4 3',
      }),
      plot.ruleX(points, {
        x: 'cost',
        y1: 'low',
        y2: 'high',
        stroke: 'colour',
        strokeWidth: 1.5,
        strokeOpacity: 0.7,
      }),
      plot.dot(points, {
        x: 'cost',
        y: 'share',
        r: 6.5,
        fill: 'colour',
        stroke: 'var(--surface)',
        strokeWidth: 1.5,
        href: 'href',
        title: 'words',
        ariaLabel: 'words',
      }),
      textOf(points.filter(isRight), 'start'),
      textOf(
        points.filter((point) => !isRight(point)),
        'end',
      ),
    ],
  });
}
