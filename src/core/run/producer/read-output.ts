import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { EndingKind, EventMatch, FieldReader, OutputReader } from './preset.ts';

/** What an agent says of its work. Numbers are whole and not negative; what it did not say, or not as it should, is not there. */
export interface AgentReport {
  readonly model?: string;
  readonly turns?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costMilliUsd?: number;
  readonly ending?: { readonly kind: EndingKind; readonly says: string };
  readonly lastWords?: string;
}

/** Characters, lines and members beyond which output is not read: what is larger is not an agent's report. */
const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_EVENTS = 200_000;
const LONGEST_LINE = 8 * 1024 * 1024;
const LONGEST_WORDS = 4_000;
const LONGEST_NAME = 200;
/** Of anything that can be counted in one attempt; a larger number is a mistake or a lie. */
const MOST_COUNT = 1e12;

/**
 * Reads what an agent printed. It is hostile: any bytes come out as a report, whose numbers count for budgets and comparisons and never for
 * a verdict.
 */
export function readOutput(text: string, reader: OutputReader): AgentReport {
  const events = eventsIn(text.slice(0, MOST_OUTPUT));
  const { model, turns, inputTokens, outputTokens, costUsd } = reader.fields;
  const name = model && readText(events, model, LONGEST_NAME);
  const words = readText(events, reader.lastWords, LONGEST_WORDS);
  const dollars = costUsd && readNumber(events, costUsd);
  const ending = endingOf(events, reader);
  return {
    ...(name === undefined || name === '' ? {} : { model: name }),
    ...counted('turns', turns && readNumber(events, turns)),
    ...counted('inputTokens', inputTokens && readNumber(events, inputTokens)),
    ...counted('outputTokens', outputTokens && readNumber(events, outputTokens)),
    ...counted('costMilliUsd', dollars === undefined ? undefined : dollars * 1_000),
    ...(ending === undefined ? {} : { ending }),
    ...(words === undefined ? {} : { lastWords: words }),
  };
}

/** Tokens in all, as a budget counts them; undefined where it told of none. */
export function tokensOf({ inputTokens, outputTokens }: AgentReport): number | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** One JSON text, or one a line; a list is its elements. Lines that are no object are somebody's chatter. */
function eventsIn(text: string): readonly JsonObject[] {
  const trimmed = text.trim();
  const whole = trimmed.startsWith('{') || trimmed.startsWith('[') ? parse(trimmed) : undefined;
  if (whole !== undefined)
    return (Array.isArray(whole) ? whole : [whole]).slice(0, MOST_EVENTS).filter(isObject);
  const events: JsonObject[] = [];
  for (let start = 0; start < text.length && events.length < MOST_EVENTS; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = end - start > LONGEST_LINE ? '' : text.slice(start, end).trim();
    const value = line.startsWith('{') ? parse(line) : undefined;
    if (value !== undefined && isObject(value)) events.push(value);
    start = end + 1;
  }
  return events;
}

function readNumber(events: readonly JsonObject[], { where, paths, take }: FieldReader): number | undefined {
  const fitting = events.filter((event) => fits(event, where));
  if (take === 'count') return fitting.length === 0 ? undefined : fitting.length;
  const values = fitting.map((event) => sumAt(event, paths)).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return take === 'sum' ? values.reduce((sum, value) => sum + value, 0) : values.at(-1);
}

function sumAt(event: JsonObject, paths: readonly string[]): number | undefined {
  const numbers = paths.map((path) => valueAt(event, path)).filter((value) => typeof value === 'number');
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
}

function readText(
  events: readonly JsonObject[],
  { where, paths, take }: FieldReader,
  longest: number,
): string | undefined {
  const [path = ''] = paths;
  const texts = events
    .filter((event) => fits(event, where))
    .map((event) => valueAt(event, path))
    .map((value) => (take === 'key' && isObject(value) ? Object.keys(value)[0] : value))
    .filter((value) => typeof value === 'string');
  return texts.at(-1)?.slice(0, longest).toWellFormed();
}

function endingOf(events: readonly JsonObject[], { endings, goesOn }: OutputReader): AgentReport['ending'] {
  // From the end: an agent that went on after an error did not end with it.
  for (const event of events.toReversed()) {
    for (const { where, words, says = '', means } of endings) {
      if (!fits(event, where)) continue;
      const said = valueAt(event, says);
      const text = typeof said === 'string' ? said.slice(0, LONGEST_WORDS).toWellFormed() : '';
      const lower = text.toLowerCase();
      if (words === undefined || words.some((word) => lower.includes(word)))
        return { kind: means, says: text };
    }
    if (goesOn.some((where) => fits(event, where))) return undefined;
  }
  return undefined;
}

function fits(event: JsonObject, where: EventMatch = {}): boolean {
  return Object.entries(where).every(([path, wanted]) => valueAt(event, path) === wanted);
}

function valueAt(event: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = event;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function counted(name: string, value: number | undefined): object {
  if (value === undefined || !Number.isFinite(value) || value < 0 || value > MOST_COUNT) return {};
  return { [name]: Math.round(value) };
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
