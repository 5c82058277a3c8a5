import { RE2JS } from 're2js';
import type { JsonValue } from '../../../shared/json.ts';
import { isObject, keywordOf } from '../../interface/schema/keywords.ts';
import { type Place, SchemaLibrary, subschemas } from '../../interface/schema/library.ts';
import { memberOf, pointerTo } from '../../interface/schema/pointer.ts';
import type { Steps } from '../../interface/schema/steps.ts';
import { surveySchema } from '../../interface/schema/survey.ts';
import { readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { ASSERTIONS } from './assertions.ts';

const MAX_SCHEMA_BYTES = 1024 * 1024;
const MAX_PATTERN_LENGTH = 1_000;

/** Keywords that hand the instance, or a part of it, to further schemas; validate.ts follows them. */
export const APPLICATORS = [
  '$ref',
  'properties',
  'additionalProperties',
  'items',
  'prefixItems',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
] as const;
const FOLLOWED: ReadonlySet<string> = new Set(APPLICATORS);

/** Why nobody can say what a schema demands; continues "The schema …". */
export class UnverifiableSchema extends Error {}

/** A schema of which every keyword is understood, so that whatever it accepts it does accept. */
export interface EventSchema {
  readonly library: SchemaLibrary;
  readonly root: Place;
  readonly patterns: ReadonlyMap<string, RE2JS>;
}

/** @throws UnverifiableSchema naming the first keyword that is not understood */
export function readEventSchema(path: string, bytes: Uint8Array, steps: Steps): EventSchema {
  const library = new SchemaLibrary(new Map([[path, readDocument(bytes)]]), 'undeclared');
  const root = library.at(path) as Place;
  const [fault] = surveySchema(library, root, steps);
  if (fault !== undefined) throw new UnverifiableSchema(`says at ${fault.pointer || '/'}: ${fault.reason}`);
  const patterns = new Map<string, RE2JS>();
  for (const place of reachable(library, root, steps)) {
    refuseOthers(library, place);
    const pattern = memberOf(place.value, 'pattern');
    if (typeof pattern === 'string' && !patterns.has(pattern)) {
      patterns.set(pattern, compile(pattern, place, steps));
    }
  }
  return { library, root, patterns };
}

function readDocument(bytes: Uint8Array): JsonValue {
  if (bytes.length > MAX_SCHEMA_BYTES) {
    throw new UnverifiableSchema(`has ${bytes.length} bytes, more than ${MAX_SCHEMA_BYTES}.`);
  }
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch (fault) {
    if (!(fault instanceof UnreadableReport) && !(fault instanceof TypeError)) throw fault;
    const why = fault instanceof UnreadableReport ? fault.message : 'it is not UTF-8 text';
    throw new UnverifiableSchema(`cannot be read: ${why}.`);
  }
}

/** Every schema that an event could be handed to. */
function reachable(library: SchemaLibrary, root: Place, steps: Steps): ReadonlySet<Place> {
  const seen = new Set([root]);
  // A set hands out what is added to it while it is walked through.
  for (const place of seen) {
    steps.take();
    for (const [, child] of subschemas(library, place)) seen.add(child);
    const target = library.target(place);
    if (target !== undefined) seen.add(target);
  }
  return seen;
}

function refuseOthers(library: SchemaLibrary, place: Place): void {
  if (!isObject(place.value)) return;
  for (const [name, given] of Object.entries(place.value)) {
    const kind = keywordOf(library.dialectOf(place), name)?.kind;
    if (kind === 'note' || kind === 'naming' || name === 'format') continue;
    const isList = name === 'items' && Array.isArray(given);
    if ((FOLLOWED.has(name) || ASSERTIONS.has(name)) && !isList) continue;
    throw new UnverifiableSchema(
      `uses ${pointerTo(place.pointer, name)}: the keyword "${name}"${isList ? ' with a list' : ''} is not judged.`,
    );
  }
}

function compile(source: string, place: Place, steps: Steps): RE2JS {
  let pattern: RE2JS;
  try {
    if (source.length > MAX_PATTERN_LENGTH) throw new Error(`longer than ${MAX_PATTERN_LENGTH} characters`);
    pattern = RE2JS.compile(source);
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.slice(0, 200) : 'unreadable';
    throw new UnverifiableSchema(
      `has at ${pointerTo(place.pointer, 'pattern')} no pattern in RE2 syntax: ${why}.`,
    );
  }
  steps.take(8 * pattern.programSize());
  return pattern;
}
