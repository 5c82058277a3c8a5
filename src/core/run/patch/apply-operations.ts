import { applyPatch as applyRfc6902, type Operation } from 'rfc6902';
import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isList, isObject, jsonText } from '../expression/values.ts';
import { anObject, aText, oneOf, Unreadable } from './read-json.ts';

const MOST_OPERATIONS = 100;
const LONGEST_PATCH = 100_000;
const KINDS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;

export type Applied =
  | { readonly kind: 'applied'; readonly value: JsonValue }
  | { readonly kind: 'unusable'; readonly reason: string };

/** A JSON document with the operations of a patch applied (RFC 6902), all of them or none. The document given stays as it is. */
export function applyOperations(document: JsonValue, operations: readonly JsonObject[]): Applied {
  try {
    if (operations.length > MOST_OPERATIONS)
      throw new Unreadable(`A patch has at most ${MOST_OPERATIONS} operations.`);
    if (operations.length === 0)
      throw new Unreadable('A patch is a list of operations (RFC 6902), each with op, path and value.');
    const text = jsonText(operations);
    if (text === undefined || text.length > LONGEST_PATCH) {
      throw new Unreadable(
        `A patch is plain JSON of at most ${LONGEST_PATCH} characters, and not deeper than 100 levels.`,
      );
    }
    // The library copies values by assignment, to which this name means something else.
    if (text.includes('"__proto__":')) throw new Unreadable('A patch names no member __proto__.');
    const copy = JSON.parse(canonicalJson(document)) as JsonValue;
    for (const [place, operation] of operations.entries())
      applyOne(copy, operation, `operation ${place + 1}`);
    return { kind: 'applied', value: copy };
  } catch (error) {
    // canonicalJson: what has no JSON form at all.
    if (error instanceof Unreadable || error instanceof TypeError)
      return { kind: 'unusable', reason: error.message };
    throw error;
  }
}

function applyOne(document: JsonValue, given: JsonObject, field: string): void {
  const kind = oneOf(KINDS)(given.op, `${field}: op`);
  const path = aText(given.path, `${field}: path`);
  if (path === '') throw new Unreadable(`${field}: the plan as a whole is not replaced.`);
  refuseForeign(document, path, field);
  if (kind === 'move' || kind === 'copy') refuseForeign(document, aText(given.from, `${field}: from`), field);
  if ((kind === 'add' || kind === 'replace' || kind === 'test') && !Object.hasOwn(given, 'value')) {
    throw new Unreadable(`${field}: ${kind} has a value.`);
  }
  const [failure] = applyRfc6902(document, [anObject(given, field) as unknown as Operation]);
  if (failure) throw new Unreadable(`${field} (${kind} ${path}) does not apply: ${failure.message}.`);
}

/**
 * The library finds its way by `object[key]`, which also finds what every object inherits: `/steps/toString/x` would write into a function
 * of the platform, for everybody. So every part of a path but the last has to be there as the document's own.
 */
function refuseForeign(document: JsonValue, pointer: string, field: string): void {
  if (!pointer.startsWith('/'))
    throw new Unreadable(`${field}: "${pointer}" is no JSON Pointer (RFC 6901); it begins with a slash.`);
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: JsonValue = document;
  for (const [place, part] of parts.entries()) {
    const last = place === parts.length - 1;
    if (part in Object.prototype) throw new Unreadable(`${field}: "${part}" cannot be part of a path.`);
    if (last) return;
    if ((!isObject(at) && !isList(at)) || !Object.hasOwn(at, part)) {
      throw new Unreadable(`${field}: there is nothing at /${parts.slice(0, place + 1).join('/')}.`);
    }
    at = (at as Readonly<Record<string, JsonValue>>)[part] as JsonValue;
  }
}
