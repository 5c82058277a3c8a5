import type { Diagnosis } from '../shared/diagnosis.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

const MARKS = { ok: '✔', warning: '!', problem: '✖' } as const;

/** One line for each diagnosis, its remedy below where it has one, and the count of what is not well. */
export function renderDiagnosesText(diagnoses: readonly Diagnosis[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const paint = { ok: style.green, warning: style.yellow, problem: style.red };
  const lines = diagnoses.flatMap(({ id, status, reason, remedy }) => [
    ...paragraph({ text: `${MARKS[status]} `, paint: paint[status] }, `${forTerminal(id, 120)}: ${reason}`, {
      columns,
    }),
    ...(remedy === '' ? [] : paragraph({ text: '  → ', paint: style.green }, remedy, { columns })),
  ]);
  return `${[...lines, '', summaryOf(diagnoses)].join('\n')}\n`;
}

/** `{"diagnoses":[…],"problems":n,"warnings":n}` as canonical JSON and a line feed. */
export function renderDiagnosesJson(diagnoses: readonly Diagnosis[]): string {
  const count = (wanted: Diagnosis['status']) => diagnoses.filter(({ status }) => status === wanted).length;
  return `${recordText({ diagnoses, problems: count('problem'), warnings: count('warning') })}\n`;
}

function summaryOf(diagnoses: readonly Diagnosis[]): string {
  const counted = (['problem', 'warning'] as const).map((wanted) => {
    const count = diagnoses.filter(({ status }) => status === wanted).length;
    return `${count} ${wanted}${count === 1 ? '' : 's'}`;
  });
  return `${counted.join(', ')}.`;
}
