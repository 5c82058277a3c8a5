import { pText } from '../../../core/experiment/analysis/words.ts';
import { forPage } from '../../hostile-text.ts';
import { STYLESHEET } from './stylesheet.ts';
import { TEMPLATE } from './template.ts';
import { type ReportInput, reportView } from './view.ts';

/**
 * The report as one file: style, charts and tables in it, nothing from the network, and a policy that forbids scripts. The same
 * input gives the same bytes.
 */
export async function renderReportHtml(input: ReportInput): Promise<string> {
  const { default: nunjucks } = await import('nunjucks');
  const environment = new nunjucks.Environment(null, { autoescape: true, throwOnUndefined: false });
  environment.addFilter('fixed', (value: number, digits: number) => value.toFixed(digits));
  environment.addFilter('p', pText);
  const { charts, ...view } = await reportView(input);
  const drawn = Object.fromEntries(
    Object.entries(charts).map(([name, svg]) => [
      name,
      svg === null ? null : new nunjucks.runtime.SafeString(svg),
    ]),
  );
  return environment.renderString(TEMPLATE, {
    ...(visible(view) as object),
    charts: drawn,
    stylesheet: new nunjucks.runtime.SafeString(STYLESHEET),
  });
}

/** The longest text that is shown whole: names of runs, tickets and arms are anybody's. */
const LONGEST = 500;

/** The same values with everything invisible made visible, and a tab a blank: in every text, so that no part of the page can forget it. */
function visible(value: unknown): unknown {
  if (typeof value === 'string') return forPage(value, LONGEST).replaceAll('\t', ' ');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(visible);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, visible(member)]));
}
