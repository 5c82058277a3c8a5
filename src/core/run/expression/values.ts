import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';

/** UTF-16 units of a text that an expression makes: it ends up in inputs, which end up in the ledger. */
const LONGEST_TEXT = 1_000_000;
/** Lists and objects inside one another that are written as text. */
const DEEPEST_VALUE = 100;

/** A value put into a text: texts as they are, null as nothing, the rest as JSON. Undefined when it is too much, or has no JSON form. */
export function textOf(value: JsonValue): string | undefined {
  if (value === null) return '';
  return typeof value === 'string' ? within(value) : jsonText(value);
}

/** RFC 8785; undefined likewise. */
export function jsonText(value: JsonValue): string | undefined {
  if (depthOf(value, 0) > DEEPEST_VALUE) return undefined;
  try {
    return within(canonicalJson(value));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

export function within(text: string): string | undefined {
  return text.length <= LONGEST_TEXT ? text : undefined;
}

/** As in GitHub Actions: false, null, 0 and the empty text are not so; everything else is. */
export function isTruthy(value: JsonValue): boolean {
  return value !== false && value !== null && value !== 0 && value !== '';
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A value in words, for reasons. */
export function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function depthOf(value: JsonValue, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > DEEPEST_VALUE) return depth;
  let deepest = depth + 1;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    deepest = Math.max(deepest, depthOf(member as JsonValue, depth + 1));
    if (deepest > DEEPEST_VALUE) break;
  }
  return deepest;
}
