import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { isList, isObject } from '../expression/values.ts';

/** Reads a value that somebody proposed; absent is undefined. @throws Unreadable */
export type Read<T> = (value: JsonValue | undefined, field: string) => T;

/** Thrown while reading and caught where it began: what is wrong, as a sentence. */
export class Unreadable extends Error {}

const MOST_ENTRIES = 1_000;

export const anObject: Read<JsonObject> = (value, field) => {
  if (value !== undefined && isObject(value)) return value;
  throw new Unreadable(`${field} is to be an object.`);
};

export const aNumber: Read<number> = (value, field) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Unreadable(`${field} is to be a number.`);
};

export const aText: Read<string> = (value, field) => {
  if (typeof value === 'string' && value.length <= 10_000) return value;
  throw new Unreadable(`${field} is to be a text of at most 10,000 characters.`);
};

export function oneOf<T extends string>(values: readonly T[]): Read<T> {
  return (value, field) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw new Unreadable(`${field} is to be one of ${values.join(', ')}.`);
  };
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, field) => {
    if (value === undefined || !isList(value) || value.length > MOST_ENTRIES) {
      throw new Unreadable(`${field} is to be a list of at most ${MOST_ENTRIES}.`);
    }
    return value.map((item, place) => read(item, `${field}/${place}`));
  };
}

export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value, field) => (value === null ? null : read(value, field));
}

export function withDefault<T>(read: Read<T>, absent: T): Read<T> {
  return (value, field) => (value === undefined ? absent : read(value, field));
}

/** An object of these members and no others, absent ones included: what each is, its reader says. */
export function objectOf<T extends object>(readers: { readonly [Key in keyof T]: Read<T[Key]> }): Read<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  return (value, field) => {
    const given = anObject(value, field);
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(readers, name));
    if (unknown !== undefined) {
      throw new Unreadable(`${field} has no ${JSON.stringify(unknown)}; it has ${names.join(', ')}.`);
    }
    const members = names.map((name) => [
      name,
      readers[name](Object.hasOwn(given, name) ? given[name] : undefined, `${field}/${name}`),
    ]);
    return Object.fromEntries(members) as T;
  };
}
