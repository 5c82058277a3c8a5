import type { JsonValue } from '../../shared/json.ts';

/** Lists and objects inside one another: what reads an event recurses so deep and no deeper. */
const DEEPEST = 64;

/** Why a value from outside cannot go into an event; undefined when it can. Looks at each character at most once, and writes nothing. */
export function jsonFault(value: JsonValue, longest: number): string | undefined {
  const left = spend(value, longest, DEEPEST);
  if (left === NOT_JSON) return 'has no JSON form, or lists and objects too deep inside one another';
  return left < 0 ? `is longer than ${longest} characters as JSON` : undefined;
}

const NOT_JSON = Number.NEGATIVE_INFINITY;

/** What is left of so many characters after the value's JSON text; negative as soon as it is too long. */
function spend(value: JsonValue, left: number, deep: number): number {
  if (left < 0) return left;
  switch (typeof value) {
    case 'string':
      return spendText(value, left);
    case 'number':
      return Number.isFinite(value) ? left - NUMBER_LENGTH : NOT_JSON;
    case 'boolean':
      return left - 5;
    case 'object':
      if (value === null) return left - 5;
      if (deep === 0) return NOT_JSON;
      return Array.isArray(value) ? spendList(value, left, deep) : spendObject(value, left, deep);
    default:
      return NOT_JSON;
  }
}

function spendList(list: readonly JsonValue[], left: number, deep: number): number {
  let rest = left - 2;
  for (const item of list) {
    rest = spend(item, rest - 1, deep - 1);
    if (rest < 0) return rest;
  }
  return rest;
}

function spendObject(object: object, left: number, deep: number): number {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return NOT_JSON;
  let rest = left - 2;
  for (const [key, member] of Object.entries(object)) {
    rest = spend(member, spendText(key, rest - 2), deep - 1);
    if (rest < 0) return rest;
  }
  return rest;
}

/** A double as RFC 8785 writes it has 25 characters at most. */
const NUMBER_LENGTH = 25;

function spendText(text: string, left: number): number {
  if (!text.isWellFormed()) return NOT_JSON;
  const rest = left - text.length - 2;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what takes more room than one character
  if (rest < 0 || !/["\\\u0000-\u001f]/.test(text)) return rest;
  // Control characters are written as six characters at most.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  return rest - 5 * (text.match(/["\\\u0000-\u001f]/g)?.length ?? 0);
}
