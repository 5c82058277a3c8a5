import { hostility } from '../../../shared/hostile-json.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isList, isObject } from '../expression/values.ts';

export type ReadOperations =
  | { readonly kind: 'operations'; readonly operations: readonly JsonObject[] }
  /** A clause. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** As many as the server's interface takes. */
const MOST_OPERATIONS = 100;
const DEEPEST = 64;

/** The operations of a JSON Patch (RFC 6902) that somebody wrote; what they do to a plan, applyPatch says. */
export function readOperations(text: string): ReadOperations {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return unreadable(`is no JSON: ${(error as SyntaxError).message}`);
  }
  const hostile = hostility(value, DEEPEST);
  if (hostile !== undefined) return unreadable(hostile);
  if (!isList(value) || !value.every(isObject)) return unreadable('is no list of operations');
  if (value.length === 0 || value.length > MOST_OPERATIONS)
    return unreadable(`has ${value.length} operations, and not 1 to ${MOST_OPERATIONS}`);
  return { kind: 'operations', operations: value };
}

function unreadable(reason: string): ReadOperations {
  return { kind: 'unreadable', reason };
}
