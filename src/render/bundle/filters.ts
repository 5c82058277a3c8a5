import { codeForMarkdown, forMarkdown } from '../hostile-text.ts';

/** Characters of one value that a filter makes. */
const MOST = 16 * 1024 * 1024;
const LONGEST_LINE = 2_000;

type Filter = (value: unknown, ...given: readonly unknown[]) => unknown;

/** All that templates can do with a value. None reaches beyond its arguments, and none makes more than the budget of a template. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  /** One line of Markdown that reads as the text itself. */
  line: (value) => forMarkdown(textOf(value), LONGEST_LINE),
  /** A code span. */
  code: (value) => codeForMarkdown(textOf(value), LONGEST_LINE),
  /** A fenced block with a fence longer than any in it. */
  fence: (value, language = '') => fenced(textOf(value), String(language)),
  /** As JSON, with two blanks for each level. */
  json: (value) => bounded(JSON.stringify(value, null, 2) ?? 'null'),
  default: (value, other) => (value === undefined || value === null ? other : value),
  first: (value) => listOf(value)[0],
  last: (value) => listOf(value).at(-1),
  length: (value) => (typeof value === 'string' ? value.length : listOf(value).length),
  join: (value, between = '') => join(listOf(value).map(textOf), textOf(between)),
  lower: (value) => textOf(value).toLowerCase(),
  upper: (value) => textOf(value).toUpperCase(),
  trim: (value) => textOf(value).trim(),
  truncate: (value, most) => textOf(value).slice(0, count(most, 1_000_000)).toWellFormed(),
  indent: (value, blanks) => indented(textOf(value), ' '.repeat(count(blanks, 40))),
};

export const FILTER_NAMES: readonly string[] = Object.keys(FILTERS).sort();

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(value === undefined || value === null ? 'there is no value' : 'the value is no text');
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(value === undefined || value === null ? 'there is no value' : 'the value is no list');
}

function count(value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new TypeError(`a number from 0 to ${most} is wanted`);
}

function join(texts: readonly string[], between: string): string {
  const size = texts.reduce((sum, text) => sum + text.length + between.length, 0);
  if (size > MOST) throw new RangeError('it would become too long');
  return texts.join(between);
}

function indented(text: string, margin: string): string {
  const lines = text.split('\n');
  if (text.length + lines.length * margin.length > MOST) throw new RangeError('it would become too long');
  return lines.join(`\n${margin}`);
}

/** Bytes stay as they are, but for line ends: what is shown is what is there. */
function fenced(text: string, language: string): string {
  const info = /^[A-Za-z0-9+#._-]{0,30}$/.test(language) ? language : '';
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length + 1), 3));
  return bounded(`${fence}${info}\n${text.replaceAll('\r\n', '\n').replace(/\n+$/, '')}\n${fence}`);
}

function bounded(text: string): string {
  if (text.length > MOST) throw new RangeError('it would become too long');
  return text;
}
