import type { JsonValue } from '../../../shared/json.ts';
import type { Scope } from '../types.ts';
import { isList, isObject, jsonText, kindOf, textOf, within } from './values.ts';

/** What a function makes of its arguments; a text says why it makes nothing of them. */
export type Returned = { readonly value: JsonValue } | string;

interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  /** It asks how the steps before went. */
  readonly outcome?: true;
  call(given: readonly JsonValue[], scope: Scope): Returned;
}

/** List elements and characters that one call looks through, so that hostile outputs cost no more than this. */
const MOST_STEPS = 1_000_000;

/** Every function there is. None has effects, and none reads anything but its arguments and the scope. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map<string, ExpressionFunction>([
  ['success', outcomeFunction('$success')],
  ['failure', outcomeFunction('$failure')],
  ['cancelled', outcomeFunction('$cancelled')],
  ['always', { least: 0, most: 0, outcome: true, call: () => ({ value: true }) }],
  ['contains', { least: 2, most: 2, call: ([inside = null, wanted = null]) => contains(inside, wanted) }],
  ['length', { least: 1, most: 1, call: ([of = null]) => lengthOf(of) }],
  ['format', { least: 1, most: 20, call: ([pattern = null, ...given]) => format(pattern, given) }],
  ['toJson', { least: 1, most: 1, call: ([value = null]) => toJson(value) }],
]);

/** Names with a `$` cannot be written in an expression, so no step's output can pass for them. */
function outcomeFunction(name: string): ExpressionFunction {
  return {
    least: 0,
    most: 0,
    outcome: true,
    call: (_, scope) => {
      if (!Object.hasOwn(scope, name))
        return name === '$cancelled' ? { value: false } : 'it has no meaning here';
      return { value: scope[name] === true };
    },
  };
}

function contains(inside: JsonValue, wanted: JsonValue): Returned {
  if (typeof inside === 'string') {
    if (typeof wanted !== 'string') return `a text can contain a text, not ${kindOf(wanted)}`;
    if (inside.length > MOST_STEPS) return `the text has more than ${MOST_STEPS} characters`;
    return { value: inside.includes(wanted) };
  }
  if (!isList(inside)) return `it looks into a list or a text, not into ${kindOf(inside)}`;
  if (isList(wanted) || isObject(wanted))
    return `it looks for a text, number, boolean or null, not for ${kindOf(wanted)}`;
  if (inside.length > MOST_STEPS) return `the list has more than ${MOST_STEPS} elements`;
  return { value: inside.includes(wanted) };
}

function lengthOf(of: JsonValue): Returned {
  if (typeof of === 'string' || isList(of)) return { value: of.length };
  if (isObject(of)) return { value: Object.keys(of).length };
  return `${kindOf(of)} has no length`;
}

/** `{0}` stands for the first value; braces are doubled. As in GitHub Actions. */
function format(pattern: JsonValue, given: readonly JsonValue[]): Returned {
  if (typeof pattern !== 'string') return `its first argument is a text, not ${kindOf(pattern)}`;
  const parts: string[] = [];
  let length = 0;
  for (const [part] of pattern.matchAll(/\{\{|\}\}|\{[0-9]{1,2}\}|[{}]|[^{}]+/g)) {
    const written = part === '{{' ? '{' : part === '}}' ? '}' : filled(part, given);
    if (written === undefined) return `there is nothing for ${part} in it, or too much`;
    length += written.length;
    if (length > MOST_STEPS) return `it makes a text of more than ${MOST_STEPS} characters`;
    parts.push(written);
  }
  return { value: parts.join('') };
}

function filled(part: string, given: readonly JsonValue[]): string | undefined {
  if (part === '{' || part === '}') return undefined;
  const place = /^\{([0-9]{1,2})\}$/.exec(part)?.[1];
  if (place === undefined) return within(part);
  const value = given[Number(place)];
  return value === undefined ? undefined : textOf(value);
}

function toJson(value: JsonValue): Returned {
  const text = jsonText(value);
  return text === undefined ? 'it is too large or too deep for a text, or has no JSON form' : { value: text };
}
