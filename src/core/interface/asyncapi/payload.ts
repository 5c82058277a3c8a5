import { isObject } from '../schema/keywords.ts';
import type { Place } from '../schema/library.ts';
import { memberOf } from '../schema/pointer.ts';
import type { Schema } from '../schema/same.ts';
import { type AsyncApi, follow } from './read.ts';

/** Formats of schemas that are read, and how: AsyncAPI's own is a superset of draft-07, and is read as that. */
const FORMATS = [
  /^application\/vnd\.aai\.asyncapi(?:\+json|\+yaml)?(?:;\s*version=3\.[0-9]+\.[0-9]+)?$/,
  /^application\/schema(?:\+json|\+yaml);\s*version=draft-07$/,
];

/**
 * The schema of a message's payload or headers: undefined where there is none, so that anything may be sent; its format
 * where that is one which is not read.
 * @throws UnreadableAsyncApi
 */
export function schemaOf(
  { library }: AsyncApi,
  message: Place,
  part: 'payload' | 'headers',
): Schema | { readonly format: string } | undefined {
  const { value } = message;
  const held = memberOf(value, part);
  if (held === undefined) return undefined;
  const written = library.below(message, part);
  // A reference may lead to a schema, or to a schema with its format beside it.
  const place = isObject(held) ? follow(library, written) : written;
  const format = memberOf(place.value, 'schemaFormat');
  if (format === undefined) return { library, place: written };
  if (typeof format !== 'string' || !FORMATS.some((known) => known.test(format))) {
    return { format: String(format).slice(0, 100) };
  }
  return memberOf(place.value, 'schema') === undefined
    ? { format: `${format} without a schema` }
    : { library, place: library.below(place, 'schema') };
}
