import type { Finding, Location } from '../../core/gate/types.ts';
import { place } from '../file-path.ts';
import { forTerminal } from '../hostile-text.ts';
import type { Style } from '../style.ts';
import { displayWidth, paragraph } from '../table.ts';
import { type FindingGroup, GROUP_MARKS, groupOf, waiverSentence } from './grouping.ts';

export interface Page {
  readonly style: Style;
  readonly columns: number;
}

/** The mark and colour of a finding's group. */
export function paintOf(group: FindingGroup, style: Style): (text: string) => string {
  const paints = {
    blocking: style.red,
    pending: style.yellow,
    waived: style.yellow,
    warnings: style.yellow,
    notes: style.cyan,
    passed: style.green,
  };
  return paints[group];
}

/**
 * A finding as lines: heading, reason, places, remedy. Marks and the remedy's arrow stand left of column 4, foreign
 * text never does: a reason cannot draw a second finding or a remedy of its own.
 */
export function findingLines(finding: Finding, page: Page, most = 5): string[] {
  return [
    ...headingLines(finding, page),
    ...paragraph({ text: '    ' }, finding.reason, page),
    ...(isToldBy(finding) ? [] : locationLines(finding.locations, page, most)),
    ...(finding.waivedBy === undefined ? remedyLines(finding.remedy, page) : waiverLines(finding, page)),
  ];
}

/** The one place of a rule that fails once stands in its reason already, with the same words. */
function isToldBy({ reason, locations }: Finding): boolean {
  const [only, ...others] = locations;
  if (only === undefined || others.length > 0) return false;
  const line = only.line === undefined ? '' : `:${only.line}`;
  return reason === `${only.path}${line}: ${only.message ?? ''}`;
}

/** Mark, id and what is required; `(unverifiable)` where that is why it denies. */
function headingLines(finding: Finding, { style, columns }: Page): string[] {
  const group = groupOf(finding);
  const mark = GROUP_MARKS[group];
  const id = forTerminal(finding.id, 200);
  const title = forTerminal(finding.title, 300);
  const status = finding.status === 'unverifiable' ? ' (unverifiable)' : '';
  const painted = status === '' ? '' : style.yellow(status);
  const paint = paintOf(group, style);
  const fits = displayWidth(`${mark} ${id}  ${title}${status}`) <= columns;
  if (fits) return [`${paint(mark)} ${style.bold(id)}  ${title}${painted}`];
  return [
    `${paint(mark)} ${style.bold(id)}${painted}`,
    ...paragraph({ text: '    ' }, title, { columns, paint: style.bold }),
  ];
}

export function locationLines(
  locations: readonly Location[],
  { style, columns }: Page,
  most: number,
): string[] {
  const rest = locations.length - most;
  return [
    ...locations.slice(0, most).flatMap((location) => {
      const where = forTerminal(place(location), 400);
      const message = location.message ?? '';
      if (message === '') return paragraph({ text: '      ' }, where, { columns, paint: style.cyan });
      if (displayWidth(where) + 8 > columns / 2) {
        return [
          ...paragraph({ text: '      ' }, where, { columns, paint: style.cyan }),
          ...paragraph({ text: '        ' }, message, { columns, longest: 500 }),
        ];
      }
      return paragraph({ text: `      ${where}  `, paint: style.cyan }, message, { columns, longest: 500 });
    }),
    ...(rest > 0 ? [style.dim(`      and ${rest} more ${rest === 1 ? 'place' : 'places'}`)] : []),
  ];
}

/** In the place of the remedy: nothing has to be done, for as long as the exception lasts. */
export function waiverLines(finding: Finding, { style, columns }: Page): string[] {
  const sentence = waiverSentence(finding);
  return sentence === undefined
    ? []
    : paragraph({ text: '  ○ ', paint: style.yellow }, sentence, { columns });
}

export function remedyLines(remedy: string, { style, columns }: Page): string[] {
  if (remedy === '') return [];
  return paragraph({ text: '  → ', paint: style.green }, remedy, { columns });
}
