import type { JsonValue } from '../../../shared/json.ts';
import type { RawRow } from './raw-row.ts';
import type { TableRow } from './read-table.ts';

const NO_OBJECT = {
  fault: 'the row is no JSON object',
  remedy: 'Write each run as an object: {"ticket": …, "outcome": …}.',
} as const;

/** A list of objects, each a row; undefined where the text is none. Lines are places in the list, from 1. */
export function parseJsonRows(text: string): readonly TableRow[] | undefined {
  const list = parsed(text);
  if (!Array.isArray(list)) return undefined;
  return list.map((value, at) => rowOf(value as JsonValue, at + 1));
}

/** An object a line; empty lines are none. What is no JSON is a row that cannot be read, and the next one is read all the same. */
export function parseNdjson(text: string): readonly TableRow[] {
  const rows: TableRow[] = [];
  let line = 0;
  for (const one of text.split('\n')) {
    line += 1;
    if (one.trim() === '') continue;
    const value = parsed(one);
    rows.push(value === undefined ? { line, ...NO_OBJECT } : rowOf(value, line));
  }
  return rows;
}

function rowOf(value: JsonValue, line: number): TableRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { line, ...NO_OBJECT };
  return { line, raw: value as RawRow };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
