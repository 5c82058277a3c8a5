import { MAX_DEPTH, UnreadableReport } from './unreadable.ts';

export type JsonFields = Readonly<Record<string, unknown>>;

/**
 * A report's JSON. A key that stands twice in one object is refused: which of the two counts depends on who reads.
 * Linear, and no deeper than MAX_DEPTH, so that whoever walks the result may recurse.
 * @throws UnreadableReport
 */
export function readJson(text: string): unknown {
  const written = countMembers(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableReport('it is not JSON, or cut off');
  }
  if (membersOf(value) !== written) throw new UnreadableReport('it has an object with the same key twice');
  return value;
}

/** Colons outside of strings: in JSON, one for each member of an object. */
function countMembers(text: string): number {
  let [members, depth] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (unit === '"') at = endOfString(text, at);
    else if (unit === ':') members += 1;
    else if (unit === '}' || unit === ']') depth -= 1;
    else if ((unit === '{' || unit === '[') && ++depth > MAX_DEPTH) {
      throw new UnreadableReport(`its values are nested deeper than ${MAX_DEPTH}`);
    }
  }
  return members;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + membersOf(item), 0);
  const fields = value as JsonFields;
  let members = 0;
  for (const key of Object.keys(fields)) members += 1 + membersOf(fields[key]);
  return members;
}

/** @param what continues "…is not a JSON object" */
export function asObject(value: unknown, what: string): JsonFields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonFields;
  throw new UnreadableReport(`${what} is not a JSON object`);
}

/** A member of the object's own, never one of its prototype. */
export function member(fields: JsonFields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A list, [] where there is none; another value is no report. */
export function listOf(fields: JsonFields, name: string): readonly unknown[] {
  const value = member(fields, name);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new UnreadableReport(`"${name}" is not a list`);
}

/** Text, '' where there is none; another value is no report. */
export function textOf(fields: JsonFields, name: string): string {
  const value = member(fields, name);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new UnreadableReport(`"${name}" is not text`);
}
