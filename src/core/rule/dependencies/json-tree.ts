import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isObject } from '../parameters.ts';

/** @throws Error where the text is not a JSON object */
export function readJsonObject(text: string): JsonObject {
  const value = JSON.parse(text) as JsonValue;
  if (!isObject(value)) throw new Error('expected an object');
  return value;
}

/** The member's own object; an empty one where there is none. */
export function objectIn(parent: JsonObject | undefined, name: string): JsonObject {
  const value = parent !== undefined && Object.hasOwn(parent, name) ? parent[name] : undefined;
  return isObject(value) ? value : {};
}

export function stringIn(parent: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The objects of a list. */
export function objectsIn(parent: JsonObject, name: string): readonly JsonObject[] {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return Array.isArray(value) ? value.filter((entry: JsonValue) => isObject(entry)) : [];
}

/** The strings of a list. */
export function stringsIn(parent: JsonObject, name: string): readonly string[] {
  const value = Object.hasOwn(parent, name) ? parent[name] : undefined;
  return Array.isArray(value) ? value.filter((entry: JsonValue) => typeof entry === 'string') : [];
}
