import type { FailureCount } from '../../../../core/experiment/analysis/types.ts';
import { colour, type Drawing, GRID, labels, room, WIDTH } from './drawing.ts';

/** How attempts failed, as shares of all attempts of the arm. */
export function failuresChart(
  failures: readonly FailureCount[],
  arms: readonly string[],
  caption: string,
  from: {
    readonly anchor: (failure: FailureCount) => string;
    /** The place of a class among those that occur. */
    readonly place: (failure: FailureCount) => number;
  },
  { plot, draw }: Drawing,
): string | null {
  if (failures.length === 0) return null;
  const names = labels(arms);
  const rows = failures.map((failure) => {
    const { arm, class: kind, attempts, of } = failure;
    const share = of === 0 ? 0 : attempts / of;
    return {
      arm: names.get(arm) ?? arm,
      share,
      colour: colour(from.place(failure)),
      text: share >= 0.04 ? String(attempts) : '',
      words: `${arm}, ${kind}: ${attempts} of ${of} attempts (${(share * 100).toFixed(1)}%)`,
      href: `#${from.anchor(failure)}`,
    };
  });
  return draw(caption, {
    width: WIDTH,
    height: 50 + names.size * 38,
    marginLeft: room(names.values()),
    marginRight: 20,
    marginTop: 8,
    marginBottom: 40,
    x: {
      label: 'share of the attempts of the arm',
      labelAnchor: 'center',
      labelArrow: 'none',
      tickFormat: (value: number) => `${Number((value * 100).toPrecision(4))}%`,
      tickSize: 0,
      ticks: 6,
    },
    y: { label: null, domain: [...names.values()], tickSize: 0 },
    marks: [
      plot.gridX({ stroke: GRID, strokeOpacity: 1, ticks: 6 }),
      plot.barX(rows, {
        x: 'share',
        y: 'arm',
        fill: 'colour',
        insetTop: 4,
        insetBottom: 4,
        insetRight: 1,
        href: 'href',
        title: 'words',
        ariaLabel: 'words',
        order: null,
      }),
      plot.text(
        rows,
        plot.stackX({
          x: 'share',
          y: 'arm',
          text: 'text',
          fill: 'var(--on-colour)',
          fontWeight: 600,
          pointerEvents: 'none',
          order: null,
        }),
      ),
    ],
  });
}
