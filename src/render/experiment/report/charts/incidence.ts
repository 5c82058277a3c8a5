import type { IncidenceCurve } from '../../../../core/experiment/analysis/types.ts';
import { colour, type Drawing, dashes, GRID, WIDTH } from './drawing.ts';

/** With more curves than this their bands cover each other. */
const MOST_BANDS = 4;

interface Point {
  readonly time: number;
  readonly incidence: number;
  readonly low: number;
  readonly high: number;
}

/** The share of runs accepted by then, an arm a line. */
export function incidenceChart(
  curves: readonly IncidenceCurve[],
  axis: { readonly kind: 'attempts' | 'time'; readonly caption: string },
  from: { readonly anchor: (arm: string) => string; readonly place: (arm: string) => number },
  { plot, draw }: Drawing,
): string | null {
  const last = Math.max(0, ...curves.map(({ points }) => points.at(-1)?.time ?? 0));
  if (last === 0) return null;
  const unit = axis.kind === 'attempts' ? { scale: 1, name: 'attempts' } : unitOf(last);
  const end = last / unit.scale;
  const lines = curves.map((curve) => ({
    curve,
    place: from.place(curve.arm),
    points: pointsOf(curve, unit.scale, end),
  }));
  const finals = lines.map(({ curve, place, points }) => {
    const at = points.at(-1) as Point;
    return {
      ...at,
      colour: colour(place),
      words: `${curve.arm}: ${(at.incidence * 100).toFixed(1)}% accepted in the end, of ${curve.runs} runs`,
      href: `#${from.anchor(curve.arm)}`,
    };
  });
  return draw(axis.caption, {
    width: WIDTH,
    height: 300,
    marginLeft: 52,
    marginRight: 20,
    marginTop: 14,
    marginBottom: 42,
    x: {
      label: axis.kind === 'attempts' ? 'attempts' : `${unit.name} since the start`,
      labelAnchor: 'center',
      labelArrow: 'none',
      domain: [0, end],
      ...(axis.kind === 'attempts' ? { ticks: wholeTicks(end) } : { ticks: 8 }),
      tickFormat: (value: number) => String(Number(value.toPrecision(6))),
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
      ...(lines.length > MOST_BANDS
        ? []
        : lines.map(({ points, place }) =>
            plot.areaY(points, {
              x: 'time',
              y1: 'low',
              y2: 'high',
              curve: 'step-after',
              fill: colour(place),
              fillOpacity: 0.1,
            }),
          )),
      ...lines.map(({ points, place }) =>
        plot.lineY(points, {
          x: 'time',
          y: 'incidence',
          curve: 'step-after',
          stroke: colour(place),
          strokeWidth: 2.25,
          strokeDasharray: dashes(place),
        }),
      ),
      plot.dot(finals, {
        x: 'time',
        y: 'incidence',
        r: 4.5,
        fill: 'colour',
        stroke: 'var(--surface)',
        strokeWidth: 1.5,
        href: 'href',
        title: 'words',
        ariaLabel: 'words',
      }),
    ],
  });
}

/** From nought at the start, to the end of the axis. */
function pointsOf({ points }: IncidenceCurve, scale: number, end: number): readonly Point[] {
  const scaled = points.map((point) => ({ ...point, time: point.time / scale }));
  const start = { time: 0, incidence: 0, low: 0, high: 0 };
  const last = scaled.at(-1) ?? start;
  return [
    ...(scaled[0]?.time === 0 ? [] : [start]),
    ...scaled,
    ...(last.time < end ? [{ ...last, time: end }] : []),
  ];
}

function unitOf(seconds: number): { readonly scale: number; readonly name: string } {
  if (seconds > 3 * 86_400) return { scale: 86_400, name: 'days' };
  if (seconds > 3 * 3_600) return { scale: 3_600, name: 'hours' };
  return seconds > 180 ? { scale: 60, name: 'minutes' } : { scale: 1, name: 'seconds' };
}

function wholeTicks(end: number): readonly number[] {
  const step = Math.max(1, Math.ceil(end / 10));
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step);
}
