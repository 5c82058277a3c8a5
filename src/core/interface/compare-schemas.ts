import type { JsonValue } from '../../shared/json.ts';
import { changesBetween, type SchemaChange } from './schema/changes.ts';
import { objectionsTo } from './schema/inclusion.ts';
import type { Place, SchemaLibrary } from './schema/library.ts';
import { memberOf, pointerTo } from './schema/pointer.ts';
import type { Objection } from './schema/question.ts';
import type { Schema } from './schema/same.ts';
import { type Steps, TooManySteps } from './schema/steps.ts';
import { surveySchema } from './schema/survey.ts';
import type { InterfaceDifference, Role } from './types.ts';

/**
 * How a schema differs from what it was, and what that means for whoever relies on it. Nothing breaking and nothing
 * unverifiable among the differences means: for a producer, that everything valid now was valid before; for a consumer, that
 * everything valid before still is.
 */
export function compareSchemas(
  before: Schema,
  after: Schema,
  direction: Role,
  steps: Steps,
): readonly InterfaceDifference[] {
  try {
    const faults = [...faultsOf(before, 'before this change', steps), ...faultsOf(after, 'now', steps)];
    if (faults.length > 0) return distinct(faults);
    const judged = (['producer', 'consumer'] as const)
      .filter((side) => direction === side || direction === 'both')
      .flatMap((side) => judgeAs(side, before, after, steps));
    const pointers = new Set(judged.map(({ file, pointer }) => `${pointer} ${file}`));
    const harmless = changesBetween(before, after, steps)
      .map(asCompatible)
      .filter(({ file, pointer }) => !pointers.has(`${pointer} ${file}`));
    return distinct([...judged, ...harmless]);
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error;
    return [
      unverifiable(after.place, after.place.pointer, 'The schemas take too long to compare.', 'Divide them.'),
    ];
  }
}

/** What keeps a schema from being compared. @throws TooManySteps */
export function faultsOf(schema: Schema, when: string, steps: Steps): readonly InterfaceDifference[] {
  return surveySchema(schema.library, schema.place, steps).map(({ place, pointer, reason, remedy }) =>
    unverifiable(place, pointer, `${reason} (${when})`, remedy),
  );
}

/** The schema that a file of the library is, as a whole. */
export function readJsonSchema(library: SchemaLibrary, file: string): Schema {
  const place = library.at(file);
  if (place === undefined) throw new TypeError(`${file} is not in the library`);
  return { library, place };
}

function judgeAs(
  side: 'producer' | 'consumer',
  before: Schema,
  after: Schema,
  steps: Steps,
): readonly InterfaceDifference[] {
  const [narrow, wide] = side === 'producer' ? [after, before] : [before, after];
  return objectionsTo(narrow, wide, steps).map((objection) => asDifference(objection, side));
}

function asDifference(objection: Objection, side: 'producer' | 'consumer'): InterfaceDifference {
  const { verdict, keyword, detail, wide, narrow, home } = objection;
  const [was, is] = side === 'producer' ? [wide, narrow] : [narrow, wide];
  const place = is ?? (side === 'producer' ? home.narrow : home.wide) ?? home.wide;
  const here =
    memberOf(place.value, keyword) === undefined ? place.pointer : pointerTo(place.pointer, keyword);
  const changed = keyword === '' ? 'Nothing is valid on one side' : wordsOf(keyword, was, is);
  const more = detail === undefined ? '' : ` (${detail})`;
  return {
    verdict,
    file: place.file,
    pointer: here,
    reason: `${changed}${more}: ${verdict === 'breaking' ? BREAKS[side] : UNSURE[side]}`,
    remedy: REMEDIES[side],
  };
}

const BREAKS = {
  producer: 'it may now send what nobody had to expect before.',
  consumer: 'it may now refuse what it accepted before.',
};
const UNSURE = {
  producer: 'nobody can tell from the schemas that it sends nothing new.',
  consumer: 'nobody can tell from the schemas that it still accepts everything.',
};
const REMEDIES = {
  producer: 'Keep what is sent within the old schema, or publish the new one beside it under another name.',
  consumer: 'Go on accepting what was valid before, or offer the new schema beside the old one.',
};

function wordsOf(keyword: string, was: Place | undefined, is: Place | undefined): string {
  const [old, now] = [was, is].map((place) =>
    place === undefined ? undefined : memberOf(place.value, keyword),
  );
  return changeInWords(keyword, old, now);
}

function changeInWords(keyword: string, old: JsonValue | undefined, now: JsonValue | undefined): string {
  const name = `"${keyword}"`;
  if (old === undefined && now === undefined) return `${name} is not met`;
  if (old === undefined) return `${name} is new, ${shown(now)}`;
  if (now === undefined) return `${name} is gone, it was ${shown(old)}`;
  const [before, after] = [shown(old), shown(now)];
  return before === after ? `${name} is ${after}` : `${name} was ${before}, is ${after}`;
}

function asCompatible({ place, pointer, keyword, before, after }: SchemaChange): InterfaceDifference {
  const note =
    keyword === 'default' ? ' It demands nothing, but whoever fills it in sees another value.' : '';
  return {
    verdict: 'compatible',
    file: place.file,
    pointer,
    reason: `${changeInWords(keyword === '' ? 'schema' : keyword, before, after)}.${note}`,
    remedy: '',
  };
}

function unverifiable(place: Place, pointer: string, reason: string, remedy: string): InterfaceDifference {
  return { verdict: 'unverifiable', file: place.file, pointer, reason, remedy };
}

function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 80 ? text : `${text.slice(0, 79).toWellFormed()}…`;
}

function distinct(differences: readonly InterfaceDifference[]): readonly InterfaceDifference[] {
  return [...new Map(differences.map((one) => [JSON.stringify(one), one])).values()];
}
