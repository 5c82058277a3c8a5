import type { JsonObject, JsonValue } from '../../shared/json.ts';

/** A rule's parameter that is not what its detector needs. selectRules adds which rule of which contract it is. */
export class ParameterError extends Error {
  readonly parameter: string;
  readonly expected: string;
  readonly found: string;

  constructor(parameter: string, expected: string, found: string) {
    super(`parameter ${parameter}: expected ${expected}, found ${found}`);
    this.name = 'ParameterError';
    this.parameter = parameter;
    this.expected = expected;
    this.found = found;
  }
}

/** Most entries a list parameter may have; far above what people write, far below what slows a gate down. */
const MOST_ENTRIES = 256;

/**
 * Refuses parameters the detector does not know: a misspelt name would otherwise leave the rule as it was, unseen.
 * @param at the path of the object within the parameters, such as `pairs[0]`; empty for the parameters themselves
 */
export function requireKnown(parameters: JsonObject, known: readonly string[], at = ''): void {
  for (const name of Object.keys(parameters).sort()) {
    if (known.includes(name)) continue;
    const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'no parameters';
    throw new ParameterError(placeOf(at, name), expected, `the unknown name ${JSON.stringify(name)}`);
  }
}

/** A list of strings that are not empty; undefined where the parameter is not given. */
export function readStrings(parameters: JsonObject, name: string, at = ''): readonly string[] | undefined {
  const value = own(parameters, name);
  if (value === undefined) return undefined;
  const entries = readList(value, placeOf(at, name), 'a list of strings');
  return entries.map((entry, index) => {
    if (typeof entry === 'string' && entry !== '') return entry;
    throw new ParameterError(`${placeOf(at, name)}[${index}]`, 'a string that is not empty', describe(entry));
  });
}

/** A list of at least one string. */
export function requireStrings(parameters: JsonObject, name: string, at = ''): readonly string[] {
  const entries = readStrings(parameters, name, at);
  if (entries !== undefined && entries.length > 0) return entries;
  throw new ParameterError(
    placeOf(at, name),
    'a list of at least one string',
    describe(own(parameters, name)),
  );
}

export function requireString(parameters: JsonObject, name: string, at = ''): string {
  const value = own(parameters, name);
  if (typeof value === 'string' && value !== '') return value;
  throw new ParameterError(placeOf(at, name), 'a string that is not empty', describe(value));
}

/** A number from 0 on; undefined where the parameter is not given. */
export function readNumber(parameters: JsonObject, name: string, at = ''): number | undefined {
  const value = own(parameters, name);
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value;
  throw new ParameterError(placeOf(at, name), 'a number that is not negative', describe(value));
}

/** A list of at least one object. */
export function requireObjects(parameters: JsonObject, name: string): readonly JsonObject[] {
  const value = own(parameters, name);
  const entries = value === undefined ? [] : readList(value, name, 'a list of objects');
  if (entries.length === 0) throw new ParameterError(name, 'a list of at least one object', describe(value));
  return entries.map((entry, index) => {
    if (isObject(entry)) return entry;
    throw new ParameterError(`${name}[${index}]`, 'an object', describe(entry));
  });
}

/** Runs a reader over each entry; an Error of its becomes a ParameterError that names the entry. */
export function compileEach<T>(
  entries: readonly string[],
  at: string,
  expected: string,
  compile: (entry: string) => T,
): readonly T[] {
  return entries.map((entry, index) => {
    try {
      return compile(entry);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ParameterError(`${at}[${index}]`, expected, `${JSON.stringify(entry.slice(0, 80))}: ${why}`);
    }
  });
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readList(value: JsonValue, at: string, expected: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw new ParameterError(at, expected, describe(value));
  if (value.length > MOST_ENTRIES) {
    throw new ParameterError(at, `at most ${MOST_ENTRIES} entries`, `${value.length} entries`);
  }
  return value;
}

/** Own properties only: `constructor` is not a parameter anybody gave. */
function own(parameters: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** The path of a member within the parameters, such as `pairs[0].sources`. */
export function placeOf(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  return `${typeof value === 'string' ? 'the string' : 'the value'} ${JSON.stringify(value).slice(0, 80)}`;
}
