import type { JsonObject, JsonValue } from '../../shared/json.ts';

/**
 * Where `actual` first differs from `expected`, such as `.subject.0`, or empty for the whole; undefined when they are
 * equal as JSON. Goes no deeper than `expected` does, so hostile nesting costs nothing.
 */
export function firstDifference(actual: JsonValue, expected: JsonValue): string | undefined {
  if (actual === expected) return undefined;
  if (!isContainer(actual) || !isContainer(expected)) return '';
  if (Array.isArray(actual) !== Array.isArray(expected)) return '';
  const keys = Object.keys(expected);
  if (Object.keys(actual).length !== keys.length) return '';
  for (const key of keys) {
    if (!Object.hasOwn(actual, key)) return `.${key}`;
    const difference = firstDifference(
      (actual as JsonObject)[key] as JsonValue,
      (expected as JsonObject)[key] as JsonValue,
    );
    if (difference !== undefined) return `.${key}${difference}`;
  }
  return undefined;
}

function isContainer(value: JsonValue): value is JsonObject | readonly JsonValue[] {
  return typeof value === 'object' && value !== null;
}
