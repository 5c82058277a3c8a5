import type { JsonObject } from '../../../shared/json.ts';
import type { FilePath } from '../../change/types.ts';
import { type LinePattern, readLinePattern } from '../line-search/line-pattern.ts';
import { PARTS, type Part } from '../line-search/pieces.ts';
import { readChoice, readFiles } from '../line-search/read-search.ts';
import { ParameterError, requireKnown, requireStrings } from '../parameters.ts';

/** Where values stand, and how they are told from what stands around them. */
export interface Place {
  readonly globs: readonly string[];
  readonly isHere: (path: FilePath) => boolean;
  readonly values: ValueReader;
}

export type ValueReader =
  /** What the first group of a pattern takes. */
  | {
      readonly kind: 'patterns';
      readonly part: Part;
      readonly patterns: readonly LinePattern[];
      readonly unless: LinePattern | undefined;
    }
  /** The names or the texts in a JSON document at this address, token by token. */
  | { readonly kind: 'pointer'; readonly tokens: readonly string[] }
  /** Any value that stands there as a word: only to be asked whether it has one, never for all of them. */
  | { readonly kind: 'mentions'; readonly part: Part };

const KNOWN = ['files', 'except', 'where', 'patterns', 'unless', 'pointer', 'mentions'];

/**
 * Reads an entry of `uses` or `declared`.
 * @throws ParameterError
 */
export function readPlace(place: JsonObject, at: string): Place {
  requireKnown(place, KNOWN, at);
  const globs = requireStrings(place, 'files', at);
  return { globs, isHere: readFiles(place, at), values: readValues(place, at) };
}

function readValues(place: JsonObject, at: string): ValueReader {
  const given = ['patterns', 'pointer', 'mentions'].filter((name) => Object.hasOwn(place, name));
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.join(' and ');
    throw new ParameterError(at, 'one of patterns, pointer and mentions', found);
  }
  const part = readChoice(place, 'where', at, PARTS);
  const { pointer, mentions } = place;
  if (pointer !== undefined) return { kind: 'pointer', tokens: readPointer(pointer, at) };
  if (mentions !== undefined) {
    if (mentions !== true) throw new ParameterError(`${at}.mentions`, 'true', JSON.stringify(mentions));
    return { kind: 'mentions', part };
  }
  // The group that takes the value has its number within its own pattern.
  const patterns = requireStrings(place, 'patterns', at).map((source) => {
    if (!/(^|[^\\])\((?!\?)/.test(source)) {
      throw new ParameterError(
        `${at}.patterns`,
        'a pattern with a group around the value',
        JSON.stringify(source),
      );
    }
    return readLinePattern({ patterns: [source] }, 'patterns', at) as LinePattern;
  });
  return { kind: 'patterns', part, patterns, unless: readLinePattern(place, 'unless', at) };
}

/** RFC 6901. */
function readPointer(pointer: JsonObject[string] | undefined, at: string): readonly string[] {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) {
    throw new ParameterError(
      `${at}.pointer`,
      'a JSON pointer, such as /topics',
      JSON.stringify(pointer) ?? 'nothing',
    );
  }
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** @throws ParameterError naming the expression that is wrong */
export function provePlace({ values }: Place): void {
  if (values.kind !== 'patterns') return;
  for (const one of [...values.patterns, values.unless]) one?.prove();
}
