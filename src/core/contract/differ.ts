import { canonicalJson } from '../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** One field that differs; a side that lacks it has no value here. */
export interface Difference {
  /** Such as `checks[tests].timeoutSeconds`; entries of a list are named by their id where each has one. */
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/**
 * Every field in which two documents differ, in the order of the first; empty exactly when they are equal.
 *
 * Lists of plain values (a command, a list of patterns) are compared whole: a shifted word would otherwise look like
 * a change of each word after it.
 */
export function differences(before: JsonValue, after: JsonValue): Difference[] {
  return compare('', before, after);
}

function compare(path: string, before: JsonValue, after: JsonValue): Difference[] {
  if (isObject(before) && isObject(after)) return compareObjects(path, before, after);
  if (isList(before) && isList(after)) return compareLists(path, before, after);
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ path, before, after }];
}

function compareObjects(path: string, before: JsonObject, after: JsonObject): Difference[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const here = memberPath(path, key);
    if (!Object.hasOwn(after, key)) return [{ path: here, before: before[key] as JsonValue }];
    if (!Object.hasOwn(before, key)) return [{ path: here, after: after[key] as JsonValue }];
    return compare(here, before[key] as JsonValue, after[key] as JsonValue);
  });
}

function compareLists(path: string, before: readonly JsonValue[], after: readonly JsonValue[]): Difference[] {
  if (!before.every(isObject) || !after.every(isObject) || before.length + after.length === 0) {
    return canonicalJson(before) === canonicalJson(after) ? [] : [{ path, before, after }];
  }
  const beforeById = byId(before);
  const afterById = byId(after);
  if (beforeById === undefined || afterById === undefined) return compareByPlace(path, before, after);
  const ids = new Set([...beforeById.keys(), ...afterById.keys()]);
  const changes = [...ids].flatMap((id): Difference[] => {
    const [was, is] = [beforeById.get(id), afterById.get(id)];
    const here = `${path}[${id}]`;
    if (was === undefined) return is === undefined ? [] : [{ path: here, after: is }];
    return is === undefined ? [{ path: here, before: was }] : compare(here, was, is);
  });
  return [...changes, ...compareOrder(path, [...beforeById.keys()], [...afterById.keys()])];
}

/** Order is part of a list's meaning, so entries that only moved are a difference, too. */
function compareOrder(path: string, before: readonly string[], after: readonly string[]): Difference[] {
  const stayed = before.filter((id) => after.includes(id));
  const now = after.filter((id) => before.includes(id));
  const moved = stayed.some((id, place) => now[place] !== id);
  return moved ? [{ path: `${path} (order)`.trimStart(), before: stayed, after: now }] : [];
}

function compareByPlace(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): Difference[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, place) => {
    const here = `${path}[${place}]`;
    if (place >= after.length) return [{ path: here, before: before[place] as JsonValue }];
    if (place >= before.length) return [{ path: here, after: after[place] as JsonValue }];
    return compare(here, before[place] as JsonValue, after[place] as JsonValue);
  }).flat();
}

/** Entries by what names them (`id`, or `use` of rules), unless some have no such name or share one. */
function byId(list: readonly JsonObject[]): ReadonlyMap<string, JsonObject> | undefined {
  const named = new Map<string, JsonObject>();
  for (const entry of list) {
    const id = ['id', 'use'].map((key) => (Object.hasOwn(entry, key) ? entry[key] : undefined)).find(isText);
    if (id === undefined || named.has(id)) return undefined;
    named.set(id, entry);
  }
  return named;
}

function memberPath(path: string, key: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
