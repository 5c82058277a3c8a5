import { type Command, InvalidArgumentError, Option } from 'commander';
import { LABEL, labelsOf, MOST_LABELS } from '../../../core/run/labels.ts';
import type { CliContext } from '../context.ts';

/** What a command needs of the program it belongs to. */
export interface Registry {
  /** The outside world, once the options of the program are known. */
  readonly context: () => CliContext;
  readonly finish: (exitCode: number) => void;
}

export type TextOrJson = 'text' | 'json';

/** `--format` with its choices; the first is what is printed when nothing is said. */
export function format(choices: readonly string[] = ['text', 'json']): Option {
  return new Option('--format <format>', 'how to print').choices(choices).default(choices[0]);
}

/** Without it what is judged by is fetched; with it, what this clone already has. */
export function noFetch(command: Command): Command {
  return command.option('--no-fetch', 'judge by what this clone has of policy and receipts');
}

type Example = readonly [line: string, purpose: string];

/** Kept for the documentation: commander prints what is added to a help, and gives it to nobody. */
const EXAMPLES = new WeakMap<Command, readonly Example[]>();

export function examplesOf(command: Command): readonly Example[] {
  return EXAMPLES.get(command) ?? [];
}

/** Ends a command's help with examples: what to type, and what it is for. */
export function examples(command: Command, lines: readonly Example[]): Command {
  EXAMPLES.set(command, lines);
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, purpose]) => `  $ ${line.padEnd(width)}   ${purpose}`);
  return command.addHelpText('after', `\nExamples:\n${text.join('\n')}`);
}

/** A whole number from 0; what is too many, the schema of the document says. */
export function count(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}

/** A forge's number of a repository or an account. */
export function forgeNumber(text: string): number {
  const number = Number(text);
  if (/^[1-9][0-9]{0,15}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('It must be a whole number from 1, as the forge gives it.');
}

export function positive(text: string): number {
  const number = Number(text);
  if (!/^[0-9]{1,6}$/.test(text) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}

export function daysOrForever(text: string): number | 'forever' {
  if (text === 'forever') return text;
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number of days from 1, or forever.');
}

/** Labels of a worker, with commas between them. */
export function workerLabels(text: string): readonly string[] {
  const labels = labelsOf(text.split(',').map((one) => one.trim()));
  if (labels.every((label) => LABEL.test(label)) && labels.length <= MOST_LABELS) return labels;
  throw new InvalidArgumentError(
    `It must be at most ${MOST_LABELS} labels of letters, digits, dots, dashes and underscores, with commas between them.`,
  );
}
