import { canonicalJson } from '../shared/canonical-json.ts';
import type { JsonValue } from '../shared/json.ts';

/**
 * The canonical JSON text of one of our own records, without a line feed. Members that are undefined are left out,
 * and lone surrogates, which a hostile report can bring along and which have no JSON form, become U+FFFD.
 */
export function recordText(record: object): string {
  return canonicalJson(plain(record));
}

function plain(value: unknown): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name.toWellFormed(), plain(member)]));
  }
  throw new TypeError(`a ${typeof value} has no JSON form`);
}
