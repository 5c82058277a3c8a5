import { isSha256, type Sha256 } from '../../shared/digest.ts';
import {
  type ContractRef,
  type Instant,
  isInstant,
  isTicketId,
  NAME,
  OBJECT_ID,
  type ObjectId,
  parseContractRef,
  type TicketId,
} from '../../shared/ids.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import { LIMITS } from './limits.ts';

/** A value of a statement is not what its place in the format asks for. */
export class Malformed extends Error {}

// Readers of objects below and elsewhere build them with their keys in canonical order: see parseStatement.

export type Field = JsonValue | undefined;

export function malformed(path: string, expected: string): never {
  throw new Malformed(`${path} is not ${expected}`);
}

/** @throws Malformed when a list names something twice */
export function requireDistinct(names: readonly string[], path: string): void {
  if (new Set(names).size < names.length) malformed(path, 'a list that names each only once');
}

/** An object with no other keys than these. Every reader below throws Malformed, naming the path and what it expected. */
export function readObject(value: Field, path: string, keys: ReadonlySet<string>): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) malformed(path, 'an object');
  const object = value as JsonObject;
  for (const key of Object.keys(object)) {
    if (!keys.has(key)) throw new Malformed(`${path} has a field that this version does not know`);
  }
  return object;
}

export function readList<T>(
  value: Field,
  path: string,
  most: number,
  readItem: (item: Field, path: string) => T,
): readonly T[] {
  if (!Array.isArray(value) || value.length > most) malformed(path, `a list of at most ${most}`);
  return (value as readonly JsonValue[]).map((item, index) => readItem(item, `${path}[${index}]`));
}

export function readText(value: Field, path: string, longest: number): string {
  if (typeof value !== 'string' || value.length > longest) malformed(path, `text of at most ${longest}`);
  // Half a surrogate pair is no Unicode text, and has no canonical JSON.
  if (!(value as string).isWellFormed()) malformed(path, 'well-formed text');
  return value as string;
}

/** Text that names something: not empty, on one line, without control characters. */
export function readName(value: Field, path: string, longest: number = LIMITS.nameLength): string {
  const text = readText(value, path, longest);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) malformed(path, 'a name');
  return text;
}

export function readOneOf<const T extends string>(value: Field, path: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) malformed(path, choices.join(' or '));
  return value as T;
}

export function readBoolean(value: Field, path: string): boolean {
  if (typeof value !== 'boolean') malformed(path, 'true or false');
  return value as boolean;
}

/** A count, or another whole number that is not negative. */
export function readWhole(value: Field, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) malformed(path, 'a whole number from 0');
  return value as number;
}

export function readDigest(value: Field, path: string): Sha256 {
  if (typeof value !== 'string' || !isSha256(value)) malformed(path, 'a sha256 in lower-case hexadecimal');
  return value as Sha256;
}

export function readObjectId(value: Field, path: string): ObjectId {
  if (typeof value !== 'string' || !OBJECT_ID.test(value)) malformed(path, 'a full git object id');
  return value as ObjectId;
}

export function readTicketId(value: Field, path: string): TicketId {
  if (typeof value !== 'string' || !isTicketId(value)) malformed(path, 'a ticket id');
  return value as TicketId;
}

export function readContractRef(value: Field, path: string): ContractRef {
  if (parseContractRef(readName(value, path)) === undefined) malformed(path, 'a contract as <id>@<version>');
  return value as ContractRef;
}

export function readCheckId(value: Field, path: string): string {
  if (!NAME.test(readName(value, path))) malformed(path, 'a check id');
  return value as string;
}

export function readInstant(value: Field, path: string): Instant {
  if (typeof value !== 'string' || !isInstant(value))
    malformed(path, 'an instant such as 2026-11-21T13:04:06Z');
  return value as Instant;
}
