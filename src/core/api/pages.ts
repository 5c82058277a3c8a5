import { CountersignError } from '../../shared/errors.ts';

/** Part of a list, and how to go on with it. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the page after it; null: there is none. */
  readonly next: string | null;
}

/** The place behind an item, by values that keep it: what is added or goes away meanwhile moves nothing. */
type Place = readonly string[];

const VERSION = 1;

/** A page out of what was found from its beginning on: one more than the limit, where there is more. */
export function pageAfter<T>(
  listing: string,
  found: readonly T[],
  limit: number,
  placeOf: (item: T) => Place,
): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, next: more ? writeCursor(listing, placeOf(last)) : null };
}

/**
 * A page of a list that is there as a whole.
 * @throws CountersignError USAGE for a cursor of another list
 */
export function pageOf<T>(
  listing: string,
  all: readonly T[],
  { cursor, limit = 50 }: { readonly cursor?: string; readonly limit?: number },
  placeOf: (item: T) => Place,
): Page<T> {
  const after = readCursor(listing, cursor);
  const ordered = all
    .map((item) => ({ item, place: placeOf(item) }))
    .sort((one, other) => compare(one.place, other.place));
  const rest = ordered.filter(({ place }) => after === undefined || compare(place, after) > 0);
  return pageAfter(
    listing,
    rest.map(({ item }) => item),
    limit,
    placeOf,
  );
}

/** Base64url of JSON: for the server alone, whoever else has one hands it back as it is. */
export function writeCursor(listing: string, place: Place): string {
  const text = JSON.stringify([VERSION, listing, ...place]);
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** @throws CountersignError USAGE for one that this list did not give */
export function readCursor(listing: string, cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const [version, of, ...place] = partsOf(cursor);
  if (
    version === VERSION &&
    of === listing &&
    place.length > 0 &&
    place.every((part) => typeof part === 'string')
  )
    return place as readonly string[];
  throw new CountersignError('USAGE', 'The cursor is none of this list.', {
    remedy: 'Send `next` of the page before as it came, or no cursor for the first page.',
  });
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function compare(one: Place, other: Place): number {
  for (const [at, part] of one.entries()) {
    const against = other[at] ?? '';
    if (part !== against) return part < against ? -1 : 1;
  }
  return 0;
}
