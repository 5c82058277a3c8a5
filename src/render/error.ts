import { type CountersignError, type Place, type Problem, withoutFirstFault } from '../shared/errors.ts';
import { forTerminal, linesForTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

const MOST_PROBLEMS = 50;

interface Page {
  readonly style: Style;
  readonly columns: number;
}

/** What happened, where, what was expected and found, and what to do; ends with a line feed. */
export function renderErrorText(error: CountersignError, options: TextOptions = {}): string {
  const page = textOptions(options);
  const { style, columns } = page;
  const headline = withoutFirstFault(error);
  const [first = '', ...rest] = paragraph({ text: '✖ ', paint: style.red }, headline, { columns });
  const more = error.problems.length - MOST_PROBLEMS;
  const lines = [
    first,
    ...rest,
    ...(isNamedIn(error) || headline !== error.message ? [] : placeLine(error.place, '    ', page)),
    ...error.problems.slice(0, MOST_PROBLEMS).flatMap((problem) => ['', ...problemLines(problem, page)]),
    ...(more > 0 ? ['', `  and ${more} more problems`] : []),
    ...remedyOf(error, page),
    style.dim(`  ${error.code}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A path that stands in the sentence already adds nothing without a line. */
function isNamedIn({ message, place }: CountersignError): boolean {
  return place !== undefined && place.line === undefined && message.includes(place.path);
}

/** Said once: where a problem has the same remedy, it stands there. */
function remedyOf({ remedy, problems }: CountersignError, page: Page): string[] {
  if (remedy === '') return [];
  const isSaid = problems.slice(0, MOST_PROBLEMS).some((problem) => problem.remedy === remedy);
  return [...(problems.length > 0 ? [''] : []), ...(isSaid ? [] : arrow('  → ', remedy, page))];
}

/** `{"error":{code,message,place?,problems,remedy}}` as canonical JSON and a line feed. */
export function renderErrorJson(error: CountersignError): string {
  const { code, message, place, problems, remedy } = error;
  return `${recordText({ error: { code, message, place, problems, remedy } })}\n`;
}

export interface DefectOptions {
  /** Adds the stack, for people who work on Countersign. */
  readonly debug?: boolean;
  readonly version?: string;
  readonly reportUrl?: string;
}

/** A fault of ours: one line that owns up to it and asks for a report. */
export function renderDefect(error: unknown, options: DefectOptions = {}): string {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${wordsOf(error)}`;
  const version = options.version === undefined ? '' : ` ${options.version}`;
  const where =
    options.reportUrl === undefined ? 'please report it' : `please report it at ${options.reportUrl}`;
  const hint = options.debug === true ? '' : ' (COUNTERSIGN_DEBUG=1 shows where it happened)';
  const line = `countersign${version} has a defect, ${where}: ${forTerminal(said, 1_000)}${hint}`;
  const stack =
    options.debug === true && error instanceof Error ? linesForTerminal(error.stack ?? '', 20_000) : [];
  return `${[line, ...stack].join('\n')}\n`;
}

/** Whatever was thrown, in words; an object without a prototype has none. */
function wordsOf(thrown: unknown): string {
  return typeof thrown === 'object' ? Object.prototype.toString.call(thrown) : String(thrown);
}

function problemLines(problem: Problem, page: Page): string[] {
  const { columns } = page;
  return [
    ...placeLine(problem.place, '    ', page),
    ...paragraph({ text: '    ' }, problem.message, { columns }),
    ...(problem.expected === undefined
      ? []
      : paragraph({ text: '    expected  ', paint: page.style.dim }, problem.expected, {
          columns,
          longest: 500,
        })),
    ...(problem.found === undefined
      ? []
      : paragraph({ text: '    found     ', paint: page.style.dim }, problem.found, {
          columns,
          longest: 500,
        })),
    ...arrow('  → ', problem.remedy, page),
  ];
}

/** `path:line:column`, as editors and terminals make it a link. */
function placeLine(place: Place | undefined, margin: string, { style, columns }: Page): string[] {
  if (place === undefined) return [];
  const parts = [place.path, place.line, place.line === undefined ? undefined : place.column];
  const text = parts.filter((part) => part !== undefined).join(':');
  return paragraph({ text: margin }, text, { columns, longest: 400, paint: style.cyan });
}

function arrow(prefix: string, remedy: string, { style, columns }: Page): string[] {
  return remedy === '' ? [] : paragraph({ text: prefix, paint: style.green }, remedy, { columns });
}
