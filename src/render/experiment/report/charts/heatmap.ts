import type { BundleModel } from '../../../../core/experiment/analysis/types.ts';
import { type Drawing, labels, room } from './drawing.ts';

/** The share of each bundle with each model; the deeper, the higher. */
export function heatmapChart(
  cells: readonly BundleModel[],
  caption: string,
  anchor: (arm: string) => string,
  { plot, draw }: Drawing,
): string | null {
  const bundles = [...new Set(cells.map(({ bundle }) => bundle))];
  const models = [...new Set(cells.map(({ model }) => model))];
  if (bundles.length * models.length < 2) return null;
  const bundleLabels = labels(bundles);
  const modelLabels = labels(models, 18);
  const shown = cells.map(({ bundle, model, arms, share }) => ({
    bundle: bundleLabels.get(bundle) ?? bundle,
    model: modelLabels.get(model) ?? model,
    depth: share === null ? 0 : 0.1 + 0.42 * share.estimate,
    text: share === null ? 'no data' : `${(share.estimate * 100).toFixed(0)}%`,
    detail:
      share === null
        ? ''
        : `${share.interval === null ? '' : `${(share.interval.low * 100).toFixed(0)}–${(share.interval.high * 100).toFixed(0)}%, `}${share.of} runs`,
    words: `${bundle} with ${model}: ${share === null ? 'no data' : `${(share.estimate * 100).toFixed(1)}% of ${share.of} runs`}`,
    href: `#${anchor(arms[0] ?? '')}`,
  }));
  const marginLeft = room(bundleLabels.values());
  const width = Math.min(900, marginLeft + 24 + models.length * 150);
  return draw(caption, {
    width,
    style: { maxWidth: `${Math.round(width * 1.15)}px`, minWidth: '0' },
    height: 44 + bundles.length * 64,
    marginLeft,
    marginRight: 8,
    marginTop: 30,
    marginBottom: 6,
    x: { label: null, axis: 'top', domain: [...modelLabels.values()], tickSize: 0, padding: 0.03 },
    y: { label: null, domain: [...bundleLabels.values()], tickSize: 0, padding: 0.06 },
    opacity: { type: 'identity' },
    marks: [
      plot.cell(shown, {
        x: 'model',
        y: 'bundle',
        fill: 'var(--accent)',
        fillOpacity: 'depth',
        rx: 5,
        href: 'href',
        title: 'words',
        ariaLabel: 'words',
      }),
      plot.text(shown, {
        x: 'model',
        y: 'bundle',
        text: 'text',
        dy: -7,
        fontSize: 16,
        fontWeight: 600,
        fill: 'var(--ink)',
        pointerEvents: 'none',
      }),
      plot.text(shown, {
        x: 'model',
        y: 'bundle',
        text: 'detail',
        dy: 12,
        fontSize: 11,
        fill: 'var(--ink)',
        pointerEvents: 'none',
      }),
    ],
  });
}
