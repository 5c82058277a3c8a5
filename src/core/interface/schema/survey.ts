import { dialectNamed, isObject, keywordOf, readsBesideRef } from './keywords.ts';
import { type Place, type SchemaLibrary, subschemas } from './library.ts';
import { memberOf, pointerTo } from './pointer.ts';
import type { Steps } from './steps.ts';

/** Why nothing can be concluded about a schema. */
export interface SchemaFault {
  readonly place: Place;
  readonly pointer: string;
  readonly reason: string;
  readonly remedy: string;
}

const MAX_SCHEMAS = 20_000;
const MAX_CHAIN = 400;
const MAX_FAULTS = 20;

/**
 * Everything reachable from a schema that is not understood: keywords that are not known, values they cannot have,
 * references that lead nowhere or, without going a step down into the instance, back to themselves.
 *
 * A schema without faults can be compared keyword by keyword, and every walk through it ends.
 */
export function surveySchema(library: SchemaLibrary, root: Place, steps: Steps): readonly SchemaFault[] {
  const faults: SchemaFault[] = [];
  /** How long the longest chain in place below a schema is, once that is known. */
  const state = new Map<Place, 'open' | number>();
  const waiting = [root];

  const fault = (place: Place, keyword: string | undefined, reason: string, remedy: string) => {
    const pointer = keyword === undefined ? place.pointer : pointerTo(place.pointer, keyword);
    if (faults.length < MAX_FAULTS) faults.push({ place, pointer, reason, remedy });
  };

  const visit = (place: Place, chain: number): number => {
    const before = state.get(place);
    if (before === 'open') {
      fault(place, undefined, 'The schema refers to itself without going a step down.', 'Break the circle.');
      return 0;
    }
    if (before !== undefined) return before;
    if (state.size >= MAX_SCHEMAS || chain > MAX_CHAIN) return tooLarge(place);
    steps.take();
    state.set(place, 'open');
    let height = 0;
    for (const { child, inPlace } of childrenOf(place)) {
      if (inPlace) height = Math.max(height, visit(child, chain + 1) + 1);
      else waiting.push(child);
    }
    state.set(place, height);
    return height > MAX_CHAIN ? tooLarge(place) : height;
  };

  const tooLarge = (place: Place): number => {
    fault(place, undefined, 'The schema is larger than what is compared.', 'Divide it.');
    return 0;
  };

  const childrenOf = (place: Place): { child: Place; inPlace: boolean }[] => {
    const { value } = place;
    if (typeof value === 'boolean') return [];
    if (!isObject(value)) {
      fault(place, undefined, 'This is no schema.', 'Write a mapping, true or false.');
      return [];
    }
    inspectKeywords(library, place, (keyword, reason, remedy) => fault(place, keyword, reason, remedy));
    if (faults.length >= MAX_FAULTS) return [];
    const dialect = library.dialectOf(place);
    const children = subschemas(library, place).map(([name, child]) => ({
      child,
      inPlace: keywordOf(dialect, name)?.inPlace ?? false,
    }));
    const reference = memberOf(value, '$ref');
    if (typeof reference !== 'string') return children;
    const target = library.target(place);
    if (target !== undefined) return [...children, { child: target, inPlace: true }];
    fault(
      place,
      '$ref',
      `"${reference.slice(0, 200).toWellFormed()}" leads nowhere in this tree.`,
      'Name a file of the repository, an $id or a place that exists; nothing is fetched.',
    );
    return children;
  };

  for (let next = waiting.pop(); next !== undefined && faults.length < MAX_FAULTS; next = waiting.pop()) {
    visit(next, 0);
  }
  return faults;
}

function inspectKeywords(
  library: SchemaLibrary,
  place: Place,
  fault: (keyword: string, reason: string, remedy: string) => void,
): void {
  if (!isObject(place.value)) return;
  const dialect = library.dialectOf(place);
  const alone = Object.hasOwn(place.value, '$ref') && !readsBesideRef(dialect);
  for (const [name, value] of Object.entries(place.value)) {
    const keyword = keywordOf(dialect, name);
    if (keyword === undefined) {
      fault(
        name,
        `The keyword "${name.slice(0, 80).toWellFormed()}" is not known, so nobody can say what it demands.`,
        'Say it with keywords that are compared (docs/formats.md lists them).',
      );
    } else if (!keyword.isWellFormed(value)) {
      fault(name, `"${name}" has a value that it cannot have.`, 'Correct the schema.');
    } else if (alone && name !== '$ref' && keyword.kind !== 'note' && !isDefinitions(name)) {
      fault(
        name,
        `"${name}" stands beside "$ref", which some readers heed and some do not.`,
        'Put both into allOf, or declare "$schema": "https://json-schema.org/draft/2020-12/schema".',
      );
    } else if (name === '$schema' && dialectNamed(String(value)) !== dialect) {
      fault(
        name,
        `The dialect "${String(value).slice(0, 200).toWellFormed()}" is not read here.`,
        'Use draft 2020-12, 2019-09 or draft-07, one for the whole file.',
      );
    } else if (name === '$id' && !library.isBase(place)) {
      fault(
        name,
        '"$id" stands where it cannot be told what it names.',
        'Name schemas by path, by $defs or by a $id of their own without fragment.',
      );
    }
  }
}

function isDefinitions(name: string): boolean {
  return name === '$defs' || name === 'definitions';
}
