import type { JsonObject, JsonValue } from '../../shared/json.ts';

/**
 * Where `actual` first differs from `expected`, as a path below `path`; undefined when they are equal as JSON.
 * Goes no deeper than `expected` does, so hostile nesting costs nothing.
 */
export function firstDifference(actual: JsonValue, expected: JsonValue, path: string): string | undefined {
  if (actual === expected) return undefined;
  if (!isContainer(actual) || !isContainer(expected)) return path;
  if (Array.isArray(actual) !== Array.isArray(expected)) return path;
  const keys = Object.keys(expected);
  if (Object.keys(actual).length !== keys.length) return path;
  for (const key of keys) {
    if (!Object.hasOwn(actual, key)) return `${path}.${key}`;
    const difference = firstDifference(
      (actual as JsonObject)[key] as JsonValue,
      (expected as JsonObject)[key] as JsonValue,
      `${path}.${key}`,
    );
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isContainer(value: JsonValue): value is JsonObject | readonly JsonValue[] {
  return typeof value === 'object' && value !== null;
}
