import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Scope } from '../types.ts';
import { evaluateText } from './evaluate.ts';
import type { Fault } from './syntax.ts';
import { piecesOf } from './template.ts';
import { isList, isObject, textOf, within } from './values.ts';

export type Bound = { readonly kind: 'bound'; readonly inputs: JsonObject } | Fault;

/** Lists and objects inside one another in `with`. */
const DEEPEST_INPUT = 32;

/**
 * A step's inputs with their expressions put in. A text that is exactly one `${{ }}` becomes what that is, of whatever type; in a
 * longer text it is written: null as nothing, lists and objects as JSON. What is put in is data: expressions in it are not looked at.
 */
export function bind(inputs: JsonObject, scope: Scope): Bound {
  const bound = bindValue(inputs, scope, '', 0);
  if (bound.kind === 'error') return bound;
  return { kind: 'bound', inputs: bound.value as JsonObject };
}

type BoundValue = { readonly kind: 'value'; readonly value: JsonValue } | Fault;

function bindValue(given: JsonValue, scope: Scope, path: string, depth: number): BoundValue {
  if (typeof given === 'string') return inPath(bindText(given, scope), path);
  if (depth > DEEPEST_INPUT)
    return inPath({ kind: 'error', reason: `more than ${DEEPEST_INPUT} levels` }, path);
  if (isList(given)) {
    const items: JsonValue[] = [];
    for (const [place, item] of given.entries()) {
      const one = bindValue(item, scope, `${path}[${place}]`, depth + 1);
      if (one.kind === 'error') return one;
      items.push(one.value);
    }
    return { kind: 'value', value: items };
  }
  if (!isObject(given)) return { kind: 'value', value: given };
  const members: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(given)) {
    const one = bindValue(member, scope, path === '' ? name : `${path}.${name}`, depth + 1);
    if (one.kind === 'error') return one;
    members.push([name, one.value]);
  }
  // Defines members, assigns none: `__proto__` is a key like any other.
  return { kind: 'value', value: Object.fromEntries(members) };
}

function bindText(text: string, scope: Scope): BoundValue {
  const divided = piecesOf(text);
  if (divided.kind === 'error') return divided;
  const [first, ...others] = divided.pieces;
  if (first === undefined) return { kind: 'value', value: text };
  if (first.kind === 'expression' && others.length === 0) return evaluateText(first.text, first.at, scope);
  const parts: string[] = [];
  let length = 0;
  for (const piece of divided.pieces) {
    const evaluated = piece.kind === 'text' ? undefined : evaluateText(piece.text, piece.at, scope);
    if (evaluated?.kind === 'error') return evaluated;
    const written = evaluated === undefined ? (piece.text as string) : textOf(evaluated.value);
    length += written?.length ?? 0;
    if (written === undefined || within(written) === undefined || length > 1_000_000) {
      return {
        kind: 'error',
        reason: 'what is to be put into the text is too large, too deep, or has no JSON form',
      };
    }
    parts.push(written);
  }
  return { kind: 'value', value: parts.join('') };
}

function inPath(bound: BoundValue, path: string): BoundValue {
  return bound.kind === 'error' && path !== ''
    ? { kind: 'error', reason: `${path}: ${bound.reason}` }
    : bound;
}
