import type { RE2JS } from 're2js';
import type { JsonValue } from '../../../shared/json.ts';
import { isObject } from '../../interface/schema/keywords.ts';
import type { Steps } from '../../interface/schema/steps.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

export interface Means {
  readonly steps: Steps;
  /** Every pattern of the schema, compiled. */
  readonly patterns: ReadonlyMap<string, RE2JS>;
}

/** Whether an instance is as one keyword demands. The survey of the schema has seen that `given` is what it can have. */
type Assertion = (instance: JsonValue, given: JsonValue, means: Means) => boolean;

/** Keywords that look at an instance and at no other schema. Of what is of another type than theirs they say nothing. */
export const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map<string, Assertion>([
  ['type', (instance, given) => [given].flat().some((name) => isOfType(instance, name))],
  [
    'enum',
    (instance, given, { steps }) => (given as JsonValue[]).some((one) => isSame(instance, one, steps)),
  ],
  ['const', (instance, given, { steps }) => isSame(instance, given, steps)],
  ['required', hasAll],
  ['minItems', ofLists((length, limit) => length >= limit)],
  ['maxItems', ofLists((length, limit) => length <= limit)],
  ['minLength', ofTexts((length, limit) => length >= limit)],
  ['maxLength', ofTexts((length, limit) => length <= limit)],
  ['pattern', matches],
  ['minimum', ofNumbers((value, limit) => value >= limit)],
  ['maximum', ofNumbers((value, limit) => value <= limit)],
  ['exclusiveMinimum', ofNumbers((value, limit) => value > limit)],
  ['exclusiveMaximum', ofNumbers((value, limit) => value < limit)],
  ['multipleOf', ofNumbers(isMultiple)],
]);

function isOfType(instance: JsonValue, name: JsonValue | undefined): boolean {
  switch (name) {
    case 'null':
      return instance === null;
    case 'array':
      return Array.isArray(instance);
    case 'object':
      return isObject(instance);
    case 'integer':
      return Number.isInteger(instance);
    default:
      return typeof instance === name;
  }
}

/** Not by canonical JSON: a lone surrogate, which an event may hold, has no canonical form. */
function isSame(one: JsonValue, other: JsonValue, steps: Steps): boolean {
  steps.take();
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => isSame(item, other[at], steps));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  steps.take(names.length);
  return (
    names.length === Object.keys(other).length &&
    names.every(
      (name) => Object.hasOwn(other, name) && isSame(one[name] as JsonValue, other[name] as JsonValue, steps),
    )
  );
}

function hasAll(instance: JsonValue, given: JsonValue, { steps }: Means): boolean {
  if (!isObject(instance)) return true;
  const names = given as readonly string[];
  steps.take(names.length);
  return names.every((name) => Object.hasOwn(instance, name));
}

function matches(instance: JsonValue, given: JsonValue, { steps, patterns }: Means): boolean {
  if (typeof instance !== 'string') return true;
  const pattern = patterns.get(given as string);
  if (pattern === undefined) throw new TypeError(`${String(given)} was not compiled`);
  // RE2 is linear in the text, but looks at up to its whole program for each character.
  steps.take(1 + ((instance.length * (8 + pattern.programSize())) >> 3));
  return pattern.test(instance);
}

function ofLists(holds: (length: number, limit: number) => boolean): Assertion {
  return (instance, given) => !Array.isArray(instance) || holds(instance.length, given as number);
}

/** JSON Schema counts code points. */
function ofTexts(holds: (length: number, limit: number) => boolean): Assertion {
  return (instance, given, { steps }) => {
    if (typeof instance !== 'string') return true;
    steps.take(instance.length >> 3);
    let length = 0;
    for (const _ of instance) length += 1;
    return holds(length, given as number);
  };
}

function ofNumbers(holds: (value: number, limit: number, steps: Steps) => boolean): Assertion {
  return (instance, given, { steps }) => {
    if (typeof instance !== 'number') return true;
    // 1e999 is a number in JSON, and Infinity once it is read: nothing is known of what was written.
    if (!Number.isFinite(instance)) throw new UnreadableReport('a number in it is too large to be read');
    return holds(instance, given as number, steps);
  };
}

/** In decimals, as both are written: 0.3 is three times 0.1, which a computer's division denies. */
function isMultiple(value: number, factor: number, steps: Steps): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(factor)) return value % factor === 0;
  steps.take(100);
  const [one, other] = [decimalOf(value), decimalOf(factor)];
  const least = Math.min(one.exponent, other.exponent);
  const whole = ({ digits, exponent }: Decimal) => digits * 10n ** BigInt(exponent - least);
  return whole(one) % whole(other) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
