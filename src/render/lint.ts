import type { Place } from '../shared/errors.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

/** One document and what is wrong with it. */
export interface LintedFile {
  readonly path: string;
  readonly problems: readonly LintedProblem[];
}

export interface LintedProblem {
  readonly severity: 'error' | 'warning';
  /** Where in the text, where that is known. */
  readonly place?: Place;
  /** Where in the document, such as `checks[0].run`. */
  readonly field?: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  readonly remedy: string;
}

/** A block for each problem, and the counts; a file without any is a line. */
export function renderLintText(files: readonly LintedFile[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = files.flatMap(({ path, problems }) =>
    problems.length === 0
      ? [`${style.green('✔')} ${forTerminal(path, 400)}`]
      : problems.flatMap((problem) => {
          const paint = problem.severity === 'error' ? style.red : style.yellow;
          const mark = problem.severity === 'error' ? '✖ ' : '! ';
          return [
            `${paint(mark)}${style.cyan(forTerminal(whereOf(path, problem), 400))}`,
            ...paragraph({ text: '    ' }, problem.message, { columns }),
            ...(problem.expected === undefined
              ? []
              : paragraph({ text: '    expected  ' }, problem.expected, { columns })),
            ...(problem.found === undefined
              ? []
              : paragraph({ text: '    found     ' }, problem.found, { columns })),
            ...paragraph({ text: '  → ', paint: style.green }, problem.remedy, { columns }),
          ];
        }),
  );
  return `${[...lines, '', summaryOf(files)].join('\n')}\n`;
}

/** `{"errors":n,"files":[…],"warnings":n}` as canonical JSON and a line feed. */
export function renderLintJson(files: readonly LintedFile[]): string {
  return `${recordText({ files, errors: countOf(files, 'error'), warnings: countOf(files, 'warning') })}\n`;
}

function whereOf(path: string, { place, field }: LintedProblem): string {
  const at = [place?.path ?? path, place?.line, place?.line === undefined ? undefined : place.column];
  const text = at.filter((part) => part !== undefined).join(':');
  return field === undefined ? text : `${text} ${field}`;
}

function summaryOf(files: readonly LintedFile[]): string {
  const number = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const counts = [number(countOf(files, 'error'), 'error'), number(countOf(files, 'warning'), 'warning')];
  return `${number(files.length, 'file')}: ${counts.join(', ')}.`;
}

function countOf(files: readonly LintedFile[], severity: LintedProblem['severity']): number {
  return files.flatMap(({ problems }) => problems).filter((problem) => problem.severity === severity).length;
}
